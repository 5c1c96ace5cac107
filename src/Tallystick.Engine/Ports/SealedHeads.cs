using System.Buffers.Binary;
using System.Collections;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Ports;

/// <summary>
/// Heads of one project in the order of their chains, as they are stored: number, sequence and hash, 48 bytes each, in
/// big-endian order. A seal may cover a million of them.
/// </summary>
/// <param name="bytes">Kept, not copied.</param>
public sealed class SealedHeads(int project, ReadOnlyMemory<byte> bytes) : IReadOnlyList<SealedHead>
{
    public const int HeadBytes = 8 + 8 + HashChain.Size;

    public int Count => bytes.Length / HeadBytes;
    public ReadOnlyMemory<byte> Bytes => bytes;

    public SealedHead this[int index]
    {
        get
        {
            var head = bytes.Slice(index * HeadBytes, HeadBytes);
            var chain = new ChainKey(project, BinaryPrimitives.ReadInt64BigEndian(head.Span));
            return new(chain, BinaryPrimitives.ReadInt64BigEndian(head.Span[8..]), head[16..]);
        }
    }

    public static SealedHeads Of(int project, IReadOnlyList<SealedHead> heads)
    {
        var bytes = new byte[heads.Count * HeadBytes];
        for (var i = 0; i < heads.Count; i++)
            Write(bytes, i, heads[i].Key.Number, heads[i].Sequence, heads[i].Hash.Span);
        return new(project, bytes);
    }

    /// <summary>Writes one of them into its place.</summary>
    public static void Write(Span<byte> bytes, int index, long number, long sequence, ReadOnlySpan<byte> hash)
    {
        var head = bytes.Slice(index * HeadBytes, HeadBytes);
        BinaryPrimitives.WriteInt64BigEndian(head, number);
        BinaryPrimitives.WriteInt64BigEndian(head[8..], sequence);
        hash.CopyTo(head[16..]);
    }

    /// <exception cref="ArgumentException">There are none.</exception>
    public byte[] Root() =>
        SealChain.Root(this.Select(head => SealChain.Leaf(head.Key, head.Sequence, head.Hash.Span)));

    public SealedHeads Slice(int start, int length) =>
        new(project, bytes.Slice(start * HeadBytes, length * HeadBytes));

    public IEnumerator<SealedHead> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
