using System.Buffers.Binary;
using Tallystick.Core.Journal;

namespace Tallystick.Store.Sqlite.Index;

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
            RequireMore(bytes, sizeof(long));
            number = BinaryPrimitives.ReadInt64BigEndian(bytes[_offset..]);
            _offset += sizeof(long);
            project = unchecked((int)Varint.Read(bytes, ref _offset));
        }
        if ((flags & BlockWriter.SameTag) == 0)
        {
            RequireMore(bytes, 1);
            tag = (ItemTag)bytes[_offset++];
            before = 0;
        }
        var id = unchecked(before + Varint.Read(bytes, ref _offset));
        var version = (flags & BlockWriter.HasVersion) == 0 ? 0 : Varint.Read(bytes, ref _offset);
        Key = new(number, project, tag, id, version);
        var length = Varint.Read(bytes, ref _offset);
        RequireMore(bytes, length);
        _valueLength = (int)length;
        _offset += _valueLength;
        return true;
    }

    /// <summary>A sum only says that a block is as somebody wrote it, not that it is a block of items.</summary>
    private readonly void RequireMore(ReadOnlySpan<byte> bytes, ulong count)
    {
        if (count > (ulong)(bytes.Length - _offset)) throw new JournalCorruptException("an index block ends too early");
    }
}
