using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Tallystick.Core.Journal;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>SQLite does not notice flipped bits: each block ends in a CRC-32C of what is before it.</summary>
internal static class BlockSum
{
    public const int Size = 4;

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var rest in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }

    public static byte[] Append(ReadOnlySpan<byte> bytes)
    {
        var block = new byte[bytes.Length + Size];
        bytes.CopyTo(block);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(bytes.Length), Of(bytes));
        return block;
    }

    /// <summary>The bytes before the sum, if that is right.</summary>
    public static ReadOnlyMemory<byte> Check(byte[] block, long id)
    {
        var length = block.Length - Size;
        if (length < 0 || BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(length)) != Of(block.AsSpan(0, length)))
            throw new JournalCorruptException($"index block {id} is damaged");
        return block.AsMemory(0, length);
    }
}

/// <summary>
/// Writes sorted items one after the other: what of the key is new (a flag says which parts), the id as the difference
/// to the one before within the same list, the length of the value and the value.
/// </summary>
internal sealed class BlockWriter
{
    public const byte SameChain = 1;
    public const byte SameTag = 2;

    private byte[] _buffer = new byte[16 * 1024];
    private int _length;
    private ItemKey _last;

    public int Length => _length;
    public ItemKey First { get; private set; }

    public void Add(in ItemKey key, ReadOnlySpan<byte> value)
    {
        const int headMax = 1 + sizeof(long) + 1 + Varint.SizeMax * 3;
        if (_buffer.Length - _length < headMax + value.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + headMax + value.Length));
        var isFirst = _length == 0;
        var sameChain = !isFirst && key.Number == _last.Number && key.Project == _last.Project;
        var sameList = sameChain && key.Tag == _last.Tag;
        if (isFirst) First = key;
        _buffer[_length++] = (byte)((sameChain ? SameChain : 0) | (sameList ? SameTag : 0));
        if (!sameChain)
        {
            BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(_length), key.Number);
            _length += sizeof(long);
            Write((uint)key.Project);
        }
        if (!sameList) _buffer[_length++] = (byte)key.Tag;
        Write(sameList ? unchecked(key.Id - _last.Id) : key.Id);
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

/// <summary>Walks through the items of one block.</summary>
internal struct BlockReader(ReadOnlyMemory<byte> content)
{
    private int _offset;
    private int _valueLength;

    public ItemKey Key { get; private set; }
    public readonly ReadOnlyMemory<byte> Value => content.Slice(_offset - _valueLength, _valueLength);

    public bool MoveNext()
    {
        var bytes = content.Span;
        if (_offset >= bytes.Length) return false;
        var flags = bytes[_offset++];
        var (number, project, tag, before) = (Key.Number, Key.Project, Key.Tag, Key.Id);
        if ((flags & BlockWriter.SameChain) == 0)
        {
            number = BinaryPrimitives.ReadInt64BigEndian(bytes[_offset..]);
            _offset += sizeof(long);
            project = unchecked((int)Varint.Read(bytes, ref _offset));
        }
        if ((flags & BlockWriter.SameTag) == 0)
        {
            tag = (ItemTag)bytes[_offset++];
            before = 0;
        }
        Key = new(number, project, tag, unchecked(before + Varint.Read(bytes, ref _offset)));
        _valueLength = (int)Varint.Read(bytes, ref _offset);
        _offset += _valueLength;
        return true;
    }
}
