using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite;
using Xunit;

namespace Tallystick.Store.Tests;

public sealed class AuditTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestChains _chains = new() { ReportsByTeam = true };

    [Fact]
    public async Task An_audit_sees_one_snapshot_beside_a_running_writer()
    {
        await using var store = SqliteLedgerStore.Open(_folder.Tiny, TestChains.Fold);
        await CommitSomeAsync(store, 30);
        var before = _chains.Journal.Values.Sum(entries => entries.Count);
        using (var audit = SqliteAudit.Open(_folder.Path))
        {
            var rows = audit.ReadJournal(ChainRange.All).GetEnumerator();
            Assert.True(rows.MoveNext());
            await CommitSomeAsync(store, 200);
            Assert.Equal(before, audit.CountEntries());
            var count = 1;
            while (rows.MoveNext()) count++;
            Assert.Equal(before, count);
            Assert.Empty(audit.SelfCheck());
            foreach (var row in audit.ReadJournal(ChainRange.All))
                Assert.True(audit.IsIndexed(row, EntryCodec.Decode(row.Bytes)));
            rows.Dispose();
        }
        AuditCheck.All(_folder.Path, _chains);
        await ModelCheck.AllAsync(store, _chains, new(1));
    }

    [Fact]
    public async Task An_audit_of_a_folder_that_nobody_writes_leaves_its_file_alone()
    {
        await using (var store = SqliteLedgerStore.Open(_folder.Tiny, TestChains.Fold))
            await CommitSomeAsync(store, 50);
        var before = File.ReadAllBytes(_folder.Database);
        AuditCheck.All(_folder.Path, _chains);
        Assert.Equal(before, File.ReadAllBytes(_folder.Database));
        using var crashed = _folder.Copy();
        AuditCheck.All(crashed.Path, _chains);
    }

    [Fact]
    public async Task A_missing_item_of_the_index_is_noticed()
    {
        await using (var store = SqliteLedgerStore.Open(_folder.Options, TestChains.Fold))
            await store.CommitAsync(_chains, _chains.Change(1, new Wish("a"), new Wish("b")));
        using var audit = SqliteAudit.Open(_folder.Path);
        var row = audit.ReadJournal(ChainRange.All).Last();
        var entry = EntryCodec.Decode(row.Bytes);
        Assert.True(audit.HasTrailed(row));
        Assert.True(audit.IsIndexed(row, entry));
        Assert.False(audit.IsIndexed(row, entry with { Origin = entry.Origin! with { Key = "c" } }));
        Assert.False(audit.IsIndexed(row, entry with { Body = new EntryBody.Charged(new(1), "unknown") }));
        Assert.False(
            audit.IsIndexed(row, entry with { Body = new EntryBody.AccountOpened("unknown", AccountTerms.Default) }));
        Assert.False(audit.IsIndexed(row with { Sequence = 3 }, entry));
        Assert.Single(audit.ReadStates(ChainRange.All));
        Assert.Empty(audit.ReadStates(new(row.Chain.Number + 1, ChainRange.NumberMax)));
        Assert.Empty(audit.ReadJournal(ChainRange.Projects));
    }

    [Fact]
    public async Task A_backup_beside_a_running_writer_is_a_store_by_itself()
    {
        await using var store = SqliteLedgerStore.Open(_folder.Tiny, TestChains.Fold);
        await CommitSomeAsync(store, 60);
        using var target = new TestFolder();
        SqliteBackup.Write(_folder.Path, target.Database);
        Assert.Throws<StoreRefusedException>(() => SqliteBackup.Write(_folder.Path, target.Database));
        AuditCheck.All(target.Path, _chains);
        await using var restored = target.Open();
        await ModelCheck.AllAsync(restored, _chains, new(1));
    }

    public void Dispose() => _folder.Dispose();

    private async Task CommitSomeAsync(SqliteLedgerStore store, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var wish = new Wish($"k{Guid.NewGuid()}", "r", i % 2 == 0, "{}");
            await store.CommitAsync(_chains, _chains.Change(i % 7, wish, new Wish()));
            await store.TrailAsync(default);
        }
    }
}
