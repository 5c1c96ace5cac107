using Tallystick.Core.Journal;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>Unsigned LEB128.</summary>
internal static class Varint
{
    public const int SizeMax = 10;

    public static int Write(Span<byte> target, ulong value)
    {
        var length = 0;
        while (value >= 0x80)
        {
            target[length++] = (byte)((value & 0x7F) | 0x80);
            value >>= 7;
        }
        target[length++] = (byte)value;
        return length;
    }

    public static ulong Read(ReadOnlySpan<byte> source, ref int offset)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (offset >= source.Length) break;
            var part = source[offset++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        throw new JournalCorruptException("a number of the index has no end");
    }
}
