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
        Assert.Empty(audit.SelfCheck());
        Assert.Equal(model.Journal.Values.Sum(entries => entries.Count), audit.CountEntries());
        foreach (var (chain, entries) in model.Journal)
            Assert.Equal(entries.Select(entry => entry.Hash), audit.ReadChain(chain).Select(row => row.Hash));
        var position = 0;
        foreach (var row in audit.ReadJournal(ChainRange.All))
        {
            Assert.Equal(++position, row.Position);
            var entry = model.Journal[row.Chain][(int)row.Sequence - 1];
            Assert.Equal(entry.Bytes, row.Bytes);
            if (checkIndex) Assert.True(audit.IsIndexed(row, entry.Entry));
        }
        foreach (var state in audit.ReadStates(ChainRange.All))
            Assert.Equal(model.Journal[state.Key][(int)state.Sequence - 1].Hash, state.Head);
        foreach (var (chain, record) in audit.ReadRecords(ChainRange.All))
            Assert.True(model.Records.ContainsKey((chain, record.Key)));
    }
}
