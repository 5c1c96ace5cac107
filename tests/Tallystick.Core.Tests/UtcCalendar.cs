using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Core.Tests;

/// <summary>Months in UTC by the calendar of the base library: the rules take any calendar.</summary>
internal sealed class UtcCalendar : ICalendar
{
    public static ProjectTerms Terms(ProjectSettings settings) => new(settings, TierBook.Empty, new UtcCalendar());

    public bool Knows(string zone) => zone == "UTC";

    public Instant NextPeriodEnd(PeriodRule rule, string zone, Instant anchor, Instant after)
    {
        var from = (rule == PeriodRule.Calendar ? after : anchor).ToDateTimeOffset();
        if (rule == PeriodRule.Calendar) from = new(from.Year, from.Month, 1, 0, 0, 0, TimeSpan.Zero);
        for (var months = 1; ; months++)
        {
            var end = Instant.From(from.AddMonths(months));
            if (end > after) return end;
        }
    }
}
