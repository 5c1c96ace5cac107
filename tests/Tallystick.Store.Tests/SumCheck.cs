using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>What a store adds up for a report, against the sum of the entries themselves.</summary>
internal static class SumCheck
{
    /// <summary>Of any account or project, any period, by team or not, by slot, by day or not.</summary>
    public static Task RandomAsync(ILedgerStore store, TestChains chains, Random random)
    {
        var chain = random.Next(3) switch
        {
            0 => ChainKey.OfProject(random.Next(1, 3)), 1 => TestChains.Chain(1),
            _ => TestChains.Chain(random.Next(12)),
        };
        var last = Slots.Of(new(chains.Clock)) + 2;
        var from = random.Next(last);
        var axis = random.Next(2) == 0 ? Axis.All : Axis.Of(TestChains.Team);
        return EqualAsync(store, chains, new(chain, axis, from, from + random.Next(last), random.Next(2) == 0)
        {
            IsToTheDay = random.Next(2) == 0,
        });
    }

    public static async Task EqualAsync(ILedgerStore store, TestChains chains, RollupQuery query)
    {
        var (expected, chain) = (new Rollup(), query.Chain);
        foreach (var entry in chains.Journal.Values.SelectMany(entries => entries).Select(one => one.Entry))
        {
            if (chain.IsProject ? entry.Chain.Project != chain.Project : entry.Chain != chain) continue;
            if (ChainRollups.RollupOf(entry, []) is not { } added) continue;
            foreach (var (cell, figures) in added.Cells)
                if ((cell.Axis == Axis.All || cell.Axis == query.Axis)
                    && cell.Slot >= query.From && cell.Slot < query.To) expected.Add(cell, figures);
        }
        var sum = await store.SumAsync(query, default);
        if (query.IsBySlot && query.IsToTheDay) Equal(expected.ByDay(), sum.ByDay());
        else if (query.IsBySlot) Equal(expected, sum);
        else Equal(Total(expected), Total(sum));
    }

    private static void Equal(Rollup expected, Rollup sum)
    {
        Assert.Null(expected.FindDifference(sum));
        Assert.Null(sum.FindDifference(expected));
    }

    private static Rollup Total(Rollup rollup)
    {
        var total = new Rollup();
        foreach (var (cell, figures) in rollup.Cells) total.Add(cell with { Slot = 0 }, figures);
        return total;
    }
}
