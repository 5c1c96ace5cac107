using NodaTime;
using NodaTime.Text;
using NodaTime.TimeZones;
using Tallystick.Core.Tiers;
using Instant = Tallystick.Core.Time.Instant;

namespace Tallystick.Engine;

/// <summary>
/// Months in the zones of the IANA time zone database that NodaTime carries: the same on every machine. A local time
/// that a change of clocks leaves out is the same one later by what the clocks jump; of one that it repeats, the first
/// is meant.
/// </summary>
public sealed class ZonedCalendar : ICalendar
{
    public static readonly ZonedCalendar Instance = new();
    private const long TicksPerMicro = NodaConstants.TicksPerMillisecond / 1_000;
    private static readonly DateTimeZoneCache Zones = new(TzdbDateTimeZoneSource.Default);

    public bool Knows(string zone) => Zones.GetZoneOrNull(zone) is not null;

    public Instant NextPeriodEnd(PeriodRule rule, string zone, Instant anchor, Instant after)
    {
        var here = Zones[zone];
        var local = ToLocal(after, here);
        if (rule is PeriodRule.Day or PeriodRule.Week)
        {
            var date = rule == PeriodRule.Day ? local.Date.PlusDays(1) : local.Date.Next(IsoDayOfWeek.Monday);
            return StartOf(here, date);
        }
        var first = rule == PeriodRule.Calendar
            ? new LocalDate(local.Year, local.Month, 1).AtMidnight()
            : ToLocal(anchor, here);
        // From the month before on: the anchor's day may lie later in its month, or a change of clocks between.
        var months = Math.Max(0, (local.Year - first.Year) * 12 + local.Month - first.Month - 1);
        while (true)
        {
            var end = ToInstant(first.PlusMonths(months++).InZone(here, Resolvers.LenientResolver));
            if (end > after) return end;
        }
    }

    /// <summary>Reads <c>2026-01-31</c> as the instant at which that day begins in the zone.</summary>
    public static bool TryReadDay(string text, string zone, out Instant start)
    {
        var date = LocalDatePattern.Iso.Parse(text);
        var isDay = date.Success && date.Value.Year > 0;
        start = isDay ? StartOf(Zones[zone], date.Value) : default;
        return isDay;
    }

    /// <summary>
    /// The days of a zone that a period touches, as <c>2026-01-31</c>, each with where it begins and ends. A day that
    /// the zone left out, when it moved across the date line, is none of them.
    /// </summary>
    public static IEnumerable<(string Date, Instant Start, Instant End)> Days(string zone, Instant from, Instant to)
    {
        var here = Zones[zone];
        for (var date = ToLocal(from, here).Date; ; date = date.PlusDays(1))
        {
            var (start, end) = (StartOf(here, date), StartOf(here, date.PlusDays(1)));
            if (start >= to) break;
            if (start < end) yield return (LocalDatePattern.Iso.Format(date), start, end);
        }
    }

    /// <summary>The day that begins so many days before the one that an instant lies in.</summary>
    public static Instant DayBefore(string zone, Instant at, int days)
    {
        var here = Zones[zone];
        return StartOf(here, ToLocal(at, here).Date.PlusDays(-days));
    }

    /// <summary>Of a day that the zone left out: where the next one begins.</summary>
    private static Instant StartOf(DateTimeZone zone, LocalDate date)
    {
        try
        {
            return ToInstant(zone.AtStartOfDay(date));
        }
        catch (SkippedTimeException)
        {
            return ToInstant(zone.AtStartOfDay(date.PlusDays(1)));
        }
    }

    private static LocalDateTime ToLocal(Instant at, DateTimeZone zone) =>
        NodaTime.Instant.FromUnixTimeTicks(checked(at.Micros * TicksPerMicro)).InZone(zone).LocalDateTime;

    private static Instant ToInstant(ZonedDateTime time) => new(time.ToInstant().ToUnixTimeTicks() / TicksPerMicro);
}
