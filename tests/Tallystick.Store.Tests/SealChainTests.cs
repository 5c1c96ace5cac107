using System.Buffers.Binary;
using System.Security.Cryptography;
using Tallystick.Core.Journal;
using Xunit;

namespace Tallystick.Store.Tests;

public sealed class SealChainTests
{
    [Fact]
    public void A_leaf_and_a_node_are_what_their_definition_says()
    {
        var head = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        byte[] leaf = [0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7, .. head];
        Assert.Equal(SHA256.HashData(leaf), SealChain.Leaf(new(5, 6), 7, head));
        Assert.Equal(SHA256.HashData([1, .. head, .. head]), SealChain.Node(head, head));
    }

    [Fact]
    public void An_odd_node_moves_up_as_it_is()
    {
        var leaves = Enumerable.Range(0, 5).Select(i => SHA256.HashData([(byte)i])).ToArray();
        Assert.Equal(leaves[0], SealChain.Root([leaves[0]]));
        Assert.Equal(SealChain.Node(SealChain.Node(leaves[0], leaves[1]), leaves[2]), SealChain.Root(leaves[..3]));
        var four = SealChain.Node(SealChain.Node(leaves[0], leaves[1]), SealChain.Node(leaves[2], leaves[3]));
        Assert.Equal(SealChain.Node(four, leaves[4]), SealChain.Root(leaves));
        Assert.Throws<ArgumentException>(() => SealChain.Root([]));
    }

    [Fact]
    public void A_seal_ties_to_the_one_before()
    {
        var root = SHA256.HashData([9]);
        var input = new byte[28 + 64];
        BinaryPrimitives.WriteInt32BigEndian(input, 1);
        BinaryPrimitives.WriteInt64BigEndian(input.AsSpan(4), 2);
        BinaryPrimitives.WriteInt64BigEndian(input.AsSpan(12), -3);
        BinaryPrimitives.WriteInt64BigEndian(input.AsSpan(20), 4);
        root.CopyTo(input, 28);
        Assert.Equal(SHA256.HashData(input), SealChain.Hash(1, 2, new(-3), 4, root, SealChain.Genesis));
    }
}
