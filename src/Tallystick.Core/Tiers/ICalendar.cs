using Tallystick.Core.Time;

namespace Tallystick.Core.Tiers;

/// <summary>
/// Months in time zones. An input of the rules: what it answers is entered in the journal, so that a fold never asks
/// it.
/// </summary>
public interface ICalendar
{
    /// <param name="zone">An id of the IANA time zone database.</param>
    bool Knows(string zone);

    /// <summary>The first instant strictly after another at which a period ends.</summary>
    Instant NextPeriodEnd(PeriodRule rule, string zone, Instant anchor, Instant after);
}
