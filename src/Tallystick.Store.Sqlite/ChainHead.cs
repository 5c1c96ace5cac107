using System.Buffers.Binary;

namespace Tallystick.Store.Sqlite;

/// <summary>The last entry of a chain; a million of them are kept, so its hash stands in it.</summary>
internal readonly struct ChainHead(long sequence, ReadOnlySpan<byte> hash)
{
    private readonly UInt128 _first = BinaryPrimitives.ReadUInt128BigEndian(hash);
    private readonly UInt128 _second = BinaryPrimitives.ReadUInt128BigEndian(hash[16..]);

    public long Sequence { get; } = sequence;

    public void CopyHash(Span<byte> hash)
    {
        BinaryPrimitives.WriteUInt128BigEndian(hash, _first);
        BinaryPrimitives.WriteUInt128BigEndian(hash[16..], _second);
    }
}
