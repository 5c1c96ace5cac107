using System.Buffers.Binary;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// Writes sorted items one after the other: what of the key is new (a flag says which parts), the id as the difference
/// to the one before within the same list, the version if it has one, the length of the value and the value.
/// </summary>
internal sealed class BlockWriter
{
    public const byte SameChain = 1;
    public const byte SameTag = 2;
    public const byte HasVersion = 4;

    private byte[] _buffer = new byte[16 * 1024];
    private int _length;
    private ItemKey _last;

    public int Length => _length;
    public ItemKey First { get; private set; }

    public void Add(in ItemKey key, ReadOnlySpan<byte> value)
    {
        const int headMax = 1 + sizeof(long) + 1 + Varint.SizeMax * 4;
        if (_buffer.Length - _length < headMax + value.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + headMax + value.Length));
        var isFirst = _length == 0;
        var sameChain = !isFirst && key.Number == _last.Number && key.Project == _last.Project;
        var sameList = sameChain && key.Tag == _last.Tag;
        if (isFirst) First = key;
        _buffer[_length++] = (byte)((sameChain ? SameChain : 0) | (sameList ? SameTag : 0)
            | (key.Version > 0 ? HasVersion : 0));
        if (!sameChain)
        {
            BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(_length), key.Number);
            _length += sizeof(long);
            Write((uint)key.Project);
        }
        if (!sameList) _buffer[_length++] = (byte)key.Tag;
        Write(sameList ? unchecked(key.Id - _last.Id) : key.Id);
        if (key.Version > 0) Write(key.Version);
        Write((ulong)value.Length);
        value.CopyTo(_buffer.AsSpan(_length));
        _length += value.Length;
        _last = key;
    }

    /// <summary>The finished block; the writer starts anew.</summary>
    public byte[] Take()
    {
        var block = BlockSum.Append(_buffer.AsSpan(0, _length));
        _length = 0;
        return block;
    }

    private void Write(ulong value) => _length += Varint.Write(_buffer.AsSpan(_length), value);
}
