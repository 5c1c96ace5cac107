using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite;
using Tallystick.Store.Sqlite.Native;
using Xunit;

namespace Tallystick.Store.Tests;

public sealed class RefusalTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestChains _chains = new();

    [Fact]
    public async Task A_second_writer_is_refused_within_two_seconds_S7()
    {
        await using var store = _folder.Open();
        var began = TimeProvider.System.GetTimestamp();
        var refused = Assert.Throws<StoreRefusedException>(
            () => SqliteLedgerStore.Open(new() { Folder = _folder.Path }, TestChains.Fold));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Contains("another process writes", refused.Message);
    }

    [Fact]
    public async Task A_store_remembers_its_clock()
    {
        await using (_folder.Open()) { }
        var refused = Assert.Throws<StoreRefusedException>(() => SqliteLedgerStore.Open(
            _folder.Options with { Clock = SqliteStoreOptions.TestClock }, TestChains.Fold));
        Assert.Contains("real clock", refused.Message);
        await using var again = _folder.Open();
    }

    [Theory]
    [InlineData("DELETE FROM meta WHERE name = 'store_id'")]
    [InlineData("UPDATE meta SET value = 'ab' WHERE name = 'store_id'")]
    [InlineData("UPDATE meta SET value = replace(value, substr(value, 1, 1), 'x') WHERE name = 'store_id'")]
    public async Task A_store_without_its_id_finds_no_keys_and_is_refused(string sql)
    {
        await using (var store = _folder.Open())
            await store.CommitAsync(_chains, _chains.Change(1, new(), new Wish("key-1")));
        _folder.Execute(sql);
        Assert.Contains("its id", Assert.Throws<JournalCorruptException>(_folder.Open).Message);
        Assert.Contains(
            "its id", Assert.Throws<JournalCorruptException>(() => SqliteAudit.Open(_folder.Path)).Message);
    }

    [Theory]
    [InlineData("DROP TRIGGER journal_keeps_rows", "trigger journal_keeps_rows")]
    [InlineData("CREATE INDEX strange ON journal (hash)", "index strange")]
    [InlineData("ALTER TABLE account ADD COLUMN more TEXT", "table account")]
    [InlineData("UPDATE migration SET checksum = 'x'", "0001-journal")]
    [InlineData("INSERT INTO migration VALUES (2, '0002-later', 'x')", "newer than this program")]
    public async Task A_schema_that_is_not_the_expected_one_is_refused_I37(string sql, string named)
    {
        await using (_folder.Open()) { }
        _folder.Execute(sql);
        Assert.Contains(named, Assert.Throws<StoreRefusedException>(_folder.Open).Message);
        Assert.Contains(named, Assert.Throws<StoreRefusedException>(() => SqliteAudit.Open(_folder.Path)).Message);
    }

    [Theory]
    [InlineData("UPDATE journal SET sequence = 9")]
    [InlineData("DELETE FROM journal")]
    [InlineData("UPDATE seal SET at = 9")]
    [InlineData("DELETE FROM seal")]
    public async Task The_journal_and_the_seals_are_append_only_I15(string sql)
    {
        await using (var store = _folder.Open())
        {
            await store.CommitAsync(_chains, _chains.Change(1, new Wish()));
            await store.SealAsync(1, new(1), default);
        }
        var refused = Assert.Throws<SqliteException>(() => _folder.Execute(sql));
        Assert.Contains("append-only", refused.Message);
    }

    [Fact]
    public async Task Another_programs_file_is_refused()
    {
        _folder.Execute("CREATE TABLE other (x)");
        Assert.Contains("not a Tallystick store", Assert.Throws<StoreRefusedException>(_folder.Open).Message);
        File.WriteAllBytes(_folder.Database, new byte[8192].Select(_ => (byte)7).ToArray());
        File.Delete(_folder.Database + "-wal");
        Assert.Throws<StoreRefusedException>(_folder.Open);
        await Task.CompletedTask;
    }

    [Fact]
    public void An_audit_of_an_empty_folder_is_refused() =>
        Assert.Throws<StoreRefusedException>(() => SqliteAudit.Open(_folder.Path));

    public void Dispose() => _folder.Dispose();
}
