using System.Buffers.Binary;
using System.Text;

namespace Tallystick.Core.Journal;

/// <summary>
/// Writes the part of deterministic CBOR (RFC 8949 §4.2) that the journal uses: integers, byte strings, UTF-8 text,
/// arrays and maps of known length, booleans and null; always the shortest form.
/// </summary>
public sealed class CborWriter
{
    private byte[] _buffer = new byte[256];
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);
    public byte[] ToArray() => Written.ToArray();
    public void Clear() => _length = 0;

    public void Int(long value)
    {
        if (value >= 0) Head(0, (ulong)value);
        else Head(1, (ulong)~value);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Head(2, (ulong)value.Length);
        value.CopyTo(Reserve(value.Length));
    }

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Head(3, (ulong)length);
        Encoding.UTF8.GetBytes(value, Reserve(length));
    }

    public void Array(int count) => Head(4, (ulong)count);
    public void Map(int count) => Head(5, (ulong)count);
    public void Bool(bool value) => Reserve(1)[0] = value ? (byte)0xF5 : (byte)0xF4;
    public void Null() => Reserve(1)[0] = 0xF6;

    private void Head(int major, ulong value)
    {
        var type = (byte)(major << 5);
        if (value < 24) Reserve(1)[0] = (byte)(type | (byte)value);
        else if (value <= byte.MaxValue)
        {
            var span = Reserve(2);
            span[0] = (byte)(type | 24);
            span[1] = (byte)value;
        }
        else if (value <= ushort.MaxValue)
        {
            var span = Reserve(3);
            span[0] = (byte)(type | 25);
            BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)value);
        }
        else if (value <= uint.MaxValue)
        {
            var span = Reserve(5);
            span[0] = (byte)(type | 26);
            BinaryPrimitives.WriteUInt32BigEndian(span[1..], (uint)value);
        }
        else
        {
            var span = Reserve(9);
            span[0] = (byte)(type | 27);
            BinaryPrimitives.WriteUInt64BigEndian(span[1..], value);
        }
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
            System.Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        var span = _buffer.AsSpan(_length, count);
        _length += count;
        return span;
    }
}
