using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>Holds what an audit sees against the lists that the test kept.</summary>
internal static class AuditCheck
{
    public static void All(string folder, TestChains model, bool checkIndex = true)
    {
        using var audit = SqliteAudit.Open(folder);
        All(audit, model, checkIndex);
        // The embedded store knows the order of all commits.
        Assert.Equal(
            Enumerable.Range(1, (int)audit.CountEntries()), audit.ReadJournal(ChainRange.All).Select(
                row => (int)row.Position));
    }

    public static void All(IStoreAudit audit, TestChains model, bool checkIndex = true)
    {
        Assert.Empty(audit.SelfCheck());
        Assert.Equal(model.Journal.Values.Sum(entries => entries.Count), audit.CountEntries());
        foreach (var (chain, entries) in model.Journal)
            Assert.Equal(entries.Select(entry => entry.Hash), audit.ReadChain(chain).Select(row => row.Hash));
        var sequences = new Dictionary<ChainKey, long>();
        foreach (var row in audit.ReadJournal(ChainRange.All))
        {
            Assert.Equal(sequences[row.Chain] = sequences.GetValueOrDefault(row.Chain) + 1, row.Sequence);
            var entry = model.Journal[row.Chain][(int)row.Sequence - 1];
            Assert.Equal(entry.Bytes, row.Bytes);
            if (checkIndex) Assert.True(audit.IsIndexed(row, entry.Entry));
        }
        foreach (var state in audit.ReadStates(ChainRange.All))
            Assert.Equal(model.Journal[state.Key][(int)state.Sequence - 1].Hash, state.Head);
        foreach (var (chain, record, _) in audit.ReadRecords(ChainRange.All))
            Assert.True(model.Records.ContainsKey((chain, record.Key)));
        Rollups(audit, model);
    }

    private static void Rollups(IStoreAudit audit, TestChains model)
    {
        var sums = new ChainRollups();
        foreach (var row in audit.ReadJournal(ChainRange.All))
        {
            var entry = model.Journal[row.Chain][(int)row.Sequence - 1].Entry;
            if (ChainRollups.RollupOf(entry, []) is not { } added) continue;
            var (inAccount, inProject) = audit.IsRolledUp(row);
            if (inAccount) sums.Add(row.Chain, added);
            if (inProject) sums.Add(ChainKey.OfProject(row.Chain.Project), added);
        }
        var (slots, days) = (new ChainRollups(), new ChainRollups());
        foreach (var (chain, grain, part) in audit.ReadRollups(ChainRange.All))
            (grain == RollupGrain.Slot ? slots : days).Add(chain, part);
        foreach (var (project, grain, part) in audit.ReadProjectRollups())
            (grain == RollupGrain.Slot ? slots : days).Add(ChainKey.OfProject(project), part);
        foreach (var chain in sums.All.Keys.Union(slots.All.Keys).Union(days.All.Keys))
        {
            var sum = sums.Find(chain) ?? new();
            Assert.Null(sum.FindDifference(slots.Find(chain) ?? new()));
            Assert.Null(sum.ByDay().FindDifference(days.Find(chain) ?? new()));
        }
    }
}
