using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Reports;

/// <summary>Reports on one account, or on a whole project: what was acknowledged before the call is in them.</summary>
/// <param name="chain">An account's chain, or a project's own.</param>
public sealed class ReportReader(ILedgerStore store, ChainKey chain)
{
    private static readonly Figure[] OfUsage =
    [
        .. Enum.GetValues<Figure>().Where(figure => figure <= Figure.Refunded),
    ];

    /// <summary>The whole period in one.</summary>
    public async ValueTask<Figures> TotalAsync(ReportSpan span, CancellationToken cancel)
    {
        var rollup = await SumAsync(Axis.All, span, cancel);
        return Total(rollup, Axis.All);
    }

    /// <summary>By value, the dearest first; the rows add up to the total.</summary>
    public async ValueTask<(Figures Total, IReadOnlyList<ReportRow> Rows)> ByAsync(
        string axis, ReportSpan span, CancellationToken cancel)
    {
        var rollup = await SumAsync(axis, span, cancel);
        var (total, named) = (Total(rollup, Axis.All), new Dictionary<string, Figures>());
        foreach (var (cell, figures) in rollup.Cells)
        {
            if (cell.Axis != axis) continue;
            var sum = named.GetValueOrDefault(cell.Value);
            sum.Add(figures);
            named[cell.Value] = sum;
        }
        var rows = named.Select(one => new ReportRow(one.Key, one.Value)).OrderByDescending(CostOf)
            .ThenByDescending(row => row.Figures[Figure.Events]).ThenBy(row => row.Value, StringComparer.Ordinal)
            .Take(Rollup.ValuesMax).ToList();
        var rest = Rest(total, rows);
        if (!rest.IsZero) rows.Add(new(null, rest));
        return (total, rows);
    }

    /// <summary>Every day that the span has part of, also those of which there is nothing to say.</summary>
    public async ValueTask<IReadOnlyList<ReportDay>> DailyAsync(
        ReportSpan span, string zone, CancellationToken cancel)
    {
        var dates = ZonedCalendar.Days(zone, span.Start, span.End).ToList();
        var query = new RollupQuery(chain, Axis.All, span.From, span.To, IsBySlot: true)
        {
            IsToTheDay = dates.SkipLast(1).All(day => Slots.Of(day.End) % Slots.PerDay == 0),
        };
        var rollup = await store.SumAsync(query, cancel);
        var slots = rollup.Cells.OrderBy(cell => cell.Key.Slot).ToList();
        var (days, next) = (new List<ReportDay>(), 0);
        foreach (var (date, _, end) in dates)
        {
            var (sum, last) = (new Figures(), Slots.Of(end));
            for (; next < slots.Count && slots[next].Key.Slot < last; next++) sum.Add(slots[next].Value);
            days.Add(new(date, sum));
        }
        return days;
    }

    /// <summary>As <see cref="DailyAsync"/>, with the balance before the first of the days.</summary>
    public async ValueTask<(long Opening, IReadOnlyList<ReportDay> Days)> BalancesAsync(
        ReportSpan span, string zone, CancellationToken cancel)
    {
        var before = await TotalAsync(new(0, span.From), cancel);
        var opening = (Int128)before[Figure.Granted] + before[Figure.Returned] - before[Figure.Consumed]
            - before[Figure.Expired] - before[Figure.Voided];
        var days = await DailyAsync(span, zone, cancel);
        return ((long)Int128.Clamp(opening, -long.MaxValue, long.MaxValue), days);
    }

    private ValueTask<Rollup> SumAsync(string axis, ReportSpan span, CancellationToken cancel) =>
        store.SumAsync(new(chain, axis, span.From, span.To, IsBySlot: false), cancel);

    private static Figures Total(Rollup rollup, string axis)
    {
        var total = new Figures();
        foreach (var (cell, figures) in rollup.Cells)
            if (cell.Axis == axis) total.Add(figures);
        return total;
    }

    private static Figures Rest(Figures total, List<ReportRow> rows)
    {
        var rest = new Figures();
        foreach (var figure in OfUsage)
        {
            var left = (Int128)total[figure];
            foreach (var row in rows) left -= row.Figures[figure];
            rest[figure] = (long)Int128.Max(0, left);
        }
        return rest;
    }

    private static long CostOf(ReportRow row) => row.Figures[Figure.Charged] - row.Figures[Figure.Refunded];
}
