using System.Text;

namespace Tallystick.Core.Journal;

/// <summary>
/// Names of buckets, tiers and time zones that were read lately: there are few, and hundreds of thousands of states in
/// memory need not have one each of their own.
/// </summary>
internal static class RecentNames
{
    private const int Places = 1_024, BytesMax = 64;

    /// <summary>Each in the place of its hash; another that meets it there takes the place.</summary>
    private static readonly string?[] Recent = new string?[Places];

    public static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > BytesMax) return Encoding.UTF8.GetString(utf8);
        var hash = new HashCode();
        hash.AddBytes(utf8);
        ref var place = ref Recent[unchecked((uint)hash.ToHashCode()) % Places];
        if (place is { } name && Ascii.Equals(utf8, name)) return name;
        return place = Encoding.UTF8.GetString(utf8);
    }
}
