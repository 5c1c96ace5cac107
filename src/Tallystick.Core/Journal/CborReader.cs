using System.Buffers.Binary;
using System.Text;

namespace Tallystick.Core.Journal;

/// <summary>
/// Reads what <see cref="CborWriter"/> writes; anything else throws <see cref="JournalCorruptException"/>.
/// </summary>
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

    /// <summary>A text of which there are few.</summary>
    public string Name() => RecentNames.Of(Take(Expect(3, "text")));

    public void SkipText() => Take(Expect(3, "text"));
    public int Array() => Count(4, "an array");
    public int Map() => Count(5, "a map");

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

    /// <summary>No more items than bytes are left: damaged bytes must not make anybody reserve gigabytes.</summary>
    private int Count(int expected, string what)
    {
        var count = Expect(expected, what);
        return count <= _rest.Length ? count : throw Bad(what);
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
