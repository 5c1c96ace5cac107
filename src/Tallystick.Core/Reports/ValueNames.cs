using System.Text;

namespace Tallystick.Core.Reports;

/// <summary>
/// The texts of values that stored sums name again and again: a report over a quarter of a year reads each of a few
/// hundred in every day of every run. A place is anybody's who comes last; any thread.
/// </summary>
internal static class ValueNames
{
    private const int Places = 4_096, LengthMax = 64;

    private static readonly string?[] Names = new string?[Places];

    public static string Of(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > LengthMax) return Encoding.UTF8.GetString(text);
        ref var place = ref Names[PlaceOf(text)];
        var known = place;
        return known is not null && Ascii.Equals(text, known) ? known : place = Encoding.UTF8.GetString(text);
    }

    private static int PlaceOf(ReadOnlySpan<byte> text)
    {
        var hash = 2_166_136_261u;
        foreach (var one in text) hash = unchecked((hash ^ one) * 16_777_619u);
        return (int)((hash ^ (hash >> 15)) % Places);
    }
}
