using System.Buffers.Binary;
using System.Security.Cryptography;
using Tallystick.Core.Time;

namespace Tallystick.Core.Journal;

/// <summary>
/// The arithmetic of seals. Leaf = SHA-256(0x00 ‖ project ‖ number ‖ sequence ‖ head), node = SHA-256(0x01 ‖ left ‖
/// right), an odd node moves up as it is; a seal's hash ties its root to the seal before. Integers are big-endian.
/// </summary>
public static class SealChain
{
    private const byte LeafMark = 0;
    private const byte NodeMark = 1;

    /// <summary>What stands before the first seal: 32 zero bytes.</summary>
    public static readonly byte[] Genesis = new byte[HashChain.Size];

    public static byte[] Leaf(ChainKey chain, long sequence, ReadOnlySpan<byte> head)
    {
        Span<byte> input = stackalloc byte[1 + 4 + 8 + 8 + HashChain.Size];
        input[0] = LeafMark;
        BinaryPrimitives.WriteInt32BigEndian(input[1..], chain.Project);
        BinaryPrimitives.WriteInt64BigEndian(input[5..], chain.Number);
        BinaryPrimitives.WriteInt64BigEndian(input[13..], sequence);
        head.CopyTo(input[21..]);
        return SHA256.HashData(input);
    }

    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> input = stackalloc byte[1 + HashChain.Size * 2];
        input[0] = NodeMark;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + HashChain.Size)..]);
        return SHA256.HashData(input);
    }

    /// <param name="leaves">
    /// In the order of their chain keys; at least one. Only what is not yet paired is kept: a node of each height.
    /// </param>
    public static byte[] Root(IEnumerable<byte[]> leaves)
    {
        var open = new Stack<byte[]>();
        var count = 0L;
        foreach (var leaf in leaves)
        {
            var node = leaf;
            for (var pairs = count++; (pairs & 1) == 1; pairs >>= 1) node = Node(open.Pop(), node);
            open.Push(node);
        }
        if (!open.TryPop(out var root)) throw new ArgumentException("a seal covers at least one head", nameof(leaves));
        while (open.TryPop(out var left)) root = Node(left, root);
        return root;
    }

    /// <param name="previous">The hash of the project's seal before; <see cref="Genesis"/> for the first.</param>
    public static byte[] Hash(
        int project, long number, Instant at, long count, ReadOnlySpan<byte> root, ReadOnlySpan<byte> previous)
    {
        Span<byte> input = stackalloc byte[4 + 8 + 8 + 8 + HashChain.Size * 2];
        BinaryPrimitives.WriteInt32BigEndian(input, project);
        BinaryPrimitives.WriteInt64BigEndian(input[4..], number);
        BinaryPrimitives.WriteInt64BigEndian(input[12..], at.Micros);
        BinaryPrimitives.WriteInt64BigEndian(input[20..], count);
        root.CopyTo(input[28..]);
        previous.CopyTo(input[(28 + HashChain.Size)..]);
        return SHA256.HashData(input);
    }
}
