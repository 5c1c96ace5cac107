using Tallystick.Core.Reports;
using Tallystick.Core.Time;

namespace Tallystick.Engine.Reports;

/// <summary>
/// The period of a report in whole slots: a period that begins or ends within one is widened by the rest of it.
/// </summary>
public readonly record struct ReportSpan(int From, int To)
{
    public static ReportSpan Of(Instant from, Instant to) => new(Slots.Of(from), Slots.AtOrAfter(to));

    public Instant Start => Slots.Start(From);
    public Instant End => Slots.Start(To);
}
