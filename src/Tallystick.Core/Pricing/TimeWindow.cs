using System.Collections.Immutable;
using Tallystick.Core.Time;

namespace Tallystick.Core.Pricing;

/// <summary>Rates at some hours (off-peak). They stand before those of every mode and tier.</summary>
/// <param name="Days">ISO weekdays in UTC, 1 = Monday; none: every day.</param>
public sealed record TimeWindow(ImmutableArray<DaySpan> Spans, ImmutableArray<int> Days, RateTable Rates)
{
    private const int EpochWeekday = 4; // 1970-01-01 was a Thursday.
    private const long MicrosPerSecond = 1_000_000;

    public bool Contains(Instant at)
    {
        var seconds = (at.Micros - Modulo(at.Micros, MicrosPerSecond)) / MicrosPerSecond;
        var day = (seconds - Modulo(seconds, DaySpan.DaySeconds)) / DaySpan.DaySeconds;
        var weekday = (int)Modulo(day + EpochWeekday - 1, 7) + 1;
        if (!Days.IsEmpty && !Days.Contains(weekday)) return false;
        var second = (int)Modulo(seconds, DaySpan.DaySeconds);
        return Spans.Any(span => span.Contains(second));
    }

    public bool Equals(TimeWindow? other) =>
        other is not null && Spans.SequenceEqual(other.Spans) && Days.SequenceEqual(other.Days)
        && Rates.Equals(other.Rates);

    public override int GetHashCode() => HashCode.Combine(Spans.Length, Days.Length, Rates);

    private static long Modulo(long value, long by) => (value % by + by) % by;
}
