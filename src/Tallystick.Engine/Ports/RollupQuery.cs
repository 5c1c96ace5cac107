using Tallystick.Core.Journal;
using Tallystick.Core.Reports;

namespace Tallystick.Engine.Ports;

/// <summary>What to add up: an axis, and beside it always <see cref="Axis.All"/>.</summary>
/// <param name="Chain">An account's chain; a project's own stands for all of its accounts.</param>
/// <param name="From">The first slot.</param>
/// <param name="To">The slot to stop before.</param>
/// <param name="IsBySlot">False: only the sum over all slots is asked for, not where in the period each lies.</param>
public sealed record RollupQuery(ChainKey Chain, string Axis, int From, int To, bool IsBySlot)
{
    public bool Asks(in RollupCell cell) => cell.Slot >= From && cell.Slot < To && IsOn(cell.Axis);

    public bool IsOn(string axis) => axis == Core.Reports.Axis.All || axis == Axis;

    /// <summary>
    /// The period in parts that a project's rollups are kept in: whole days, UTC, where slots do not matter.
    /// </summary>
    public IEnumerable<(RollupGrain Grain, int From, int To)> Parts
    {
        get
        {
            var firstDay = Slots.DayOf(From + Slots.PerDay - 1) * Slots.PerDay;
            var lastDay = Slots.DayOf(To) * Slots.PerDay;
            if (IsBySlot || firstDay >= lastDay)
            {
                yield return (RollupGrain.Slot, From, To);
                yield break;
            }
            if (From < firstDay) yield return (RollupGrain.Slot, From, firstDay);
            yield return (RollupGrain.Day, firstDay, lastDay);
            if (lastDay < To) yield return (RollupGrain.Slot, lastDay, To);
        }
    }
}
