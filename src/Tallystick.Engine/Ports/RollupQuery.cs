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
    /// <summary>
    /// By slot, but only to the day, UTC: what lies in one that is wholly within the period may be in its first slot.
    /// </summary>
    public bool IsToTheDay { get; init; }

    public RollupPick Pick => new(Axis, WithAll: true, From, To, IsBySlot);

    /// <summary>
    /// The period in parts that rollups are kept in by grain: whole days, UTC, where slots do not matter.
    /// </summary>
    public IEnumerable<(RollupGrain Grain, int From, int To)> Parts
    {
        get
        {
            var firstDay = Slots.DayOf(From + Slots.PerDay - 1) * Slots.PerDay;
            var lastDay = Slots.DayOf(To) * Slots.PerDay;
            if ((IsBySlot && !IsToTheDay) || firstDay >= lastDay)
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
