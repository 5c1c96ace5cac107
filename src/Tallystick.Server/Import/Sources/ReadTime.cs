using System.Globalization;
using Tallystick.Core.Time;

namespace Tallystick.Server.Import.Sources;

/// <summary>
/// An instant as another system writes it: a timestamp (UTC where it names no zone), or seconds since 1970.
/// </summary>
internal static class ReadTime
{
    /// <summary>In the year 5138: more than this are milliseconds, and nobody guesses.</summary>
    private const long SecondsMax = 99_999_999_999;

    /// <summary>Null for what is no instant.</summary>
    public static Instant? TryParse(string text)
    {
        if (ReadAmount.TryParse(text) is { Amount: var seconds })
            return seconds.Micros is >= 0 and <= SecondsMax * 1_000_000 ? new Instant(seconds.Micros) : null;
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time) ? Instant.From(time)
            : null;
    }
}
