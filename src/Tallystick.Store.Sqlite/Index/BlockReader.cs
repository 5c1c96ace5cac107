using System.Buffers.Binary;

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
