using System.Text;

namespace Tallystick.Core.Journal;

/// <summary>
/// Names that were read lately: those of buckets, tiers and time zones in hundreds of thousands of states in memory,
/// those of values in every day that a report reads. There are few, and they are the same again and again. Any thread.
/// </summary>
internal static class RecentNames
{
    private const int Places = 4_096, BytesMax = 64;

    /// <summary>Each in the place of its hash; another that meets it there takes the place.</summary>
    private static readonly string?[] Recent = new string?[Places];

    public static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > BytesMax) return Encoding.UTF8.GetString(utf8);
        ref var place = ref Recent[PlaceOf(utf8)];
        return place is { } name && Ascii.Equals(utf8, name) ? name : place = Encoding.UTF8.GetString(utf8);
    }

    private static int PlaceOf(ReadOnlySpan<byte> utf8)
    {
        var hash = 2_166_136_261u;
        foreach (var one in utf8) hash = unchecked((hash ^ one) * 16_777_619u);
        return (int)((hash ^ (hash >> 15)) % Places);
    }
}
