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

/// <summary>Reads what <see cref="CborWriter"/> writes; anything else throws <see cref="JournalCorruptException"/>.</summary>
public ref struct CborReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public readonly bool AtEnd => _rest.IsEmpty;

    public long Int()
    {
        var (major, value) = Head();
        if (major > 1 || value > long.MaxValue) throw Bad("an integer");
        return major == 0 ? (long)value : ~(long)value;
    }

    public ReadOnlySpan<byte> Bytes() => Take(Expect(2, "bytes"));
    public string Text() => Encoding.UTF8.GetString(Take(Expect(3, "text")));
    public int Array() => Expect(4, "an array");
    public int Map() => Expect(5, "a map");

    public bool Bool()
    {
        var value = Take(1)[0];
        return value switch { 0xF5 => true, 0xF4 => false, _ => throw Bad("a boolean") };
    }

    public bool TryNull()
    {
        if (_rest.IsEmpty || _rest[0] != 0xF6) return false;
        _rest = _rest[1..];
        return true;
    }

    private int Expect(int expected, string what)
    {
        var (major, value) = Head();
        if (major != expected || value > int.MaxValue) throw Bad(what);
        return (int)value;
    }

    private (int Major, ulong Value) Head()
    {
        var first = Take(1)[0];
        var major = first >> 5;
        return (first & 31) switch
        {
            < 24 and var small => (major, (ulong)small),
            24 => (major, Take(1)[0]),
            25 => (major, BinaryPrimitives.ReadUInt16BigEndian(Take(2))),
            26 => (major, BinaryPrimitives.ReadUInt32BigEndian(Take(4))),
            27 => (major, BinaryPrimitives.ReadUInt64BigEndian(Take(8))),
            _ => throw Bad("a definite length"),
        };
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw Bad("more bytes");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static JournalCorruptException Bad(string expected) => new($"malformed bytes: expected {expected}");
}

/// <summary>Stored bytes are not what this ledger wrote.</summary>
public sealed class JournalCorruptException : Exception
{
    public JournalCorruptException() { }
    public JournalCorruptException(string message) : base(message) { }
    public JournalCorruptException(string message, Exception inner) : base(message, inner) { }
}
