using Npgsql;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Tallystick.Store.Postgres.Migrations;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>What is refused at the start, and what the database itself refuses.</summary>
public sealed class PostgresRefusalTests(PostgresFixture postgres)
{
    private readonly TestChains _chains = new();

    [Fact]
    public async Task Of_ten_nodes_that_start_together_one_migrates()
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        var stores = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => OpenAsync(database))));
        Assert.Equal(
            $"{Migrator.Newest}", await ReadAsync(database, "SELECT count(*)::text FROM tallystick.migration"));
        foreach (var store in stores) await store.DisposeAsync();
    }

    [Fact]
    public async Task A_socket_of_the_file_system_leads_to_the_same_database()
    {
        await using var cluster = await PostgresCluster.StartOwnAsync();
        await using (await OpenAsync(cluster.SocketConnection("postgres"))) { }
        await using (await OpenAsync(cluster.Connection("postgres"))) { }
    }

    [Fact]
    public async Task The_schema_is_written_down_as_the_migrations_make_it()
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        await using (await OpenAsync(database)) { }
        await using var source = NpgsqlDataSource.Create(database);
        await using var connection = await source.OpenConnectionAsync();
        Assert.Equal(Migrator.Expected(), await Migrator.SchemaAsync(connection, default));
    }

    [Theory]
    [InlineData("ALTER TABLE tallystick.journal DISABLE TRIGGER journal_keeps_rows", "journal_keeps_rows")]
    [InlineData("DROP INDEX tallystick.journal_key", "journal_key")]
    [InlineData("CREATE INDEX strange ON tallystick.journal (hash)", "strange")]
    [InlineData("ALTER TABLE tallystick.account ADD COLUMN more text", "account.more")]
    [InlineData("ALTER TABLE tallystick.account DROP COLUMN account_id", "account_by_id")]
    [InlineData("ALTER TABLE tallystick.chain RENAME COLUMN sequence TO version", "chain.sequence")]
    [InlineData("ALTER TABLE tallystick.record ALTER kind TYPE integer", "record.kind")]
    [InlineData("""
        CREATE OR REPLACE FUNCTION tallystick.keep_rows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'
        """, "keep_rows")]
    [InlineData("UPDATE tallystick.migration SET checksum = 'x'", "0001-journal")]
    [InlineData("INSERT INTO tallystick.migration VALUES (99, '0099-later', 'x')", "newer than this program")]
    public async Task A_schema_that_is_not_the_expected_one_is_refused_I37(string sql, string named)
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        await using (await OpenAsync(database)) { }
        await PostgresCluster.ExecuteAsync(database, sql);
        Assert.Contains(named, (await Assert.ThrowsAsync<StoreRefusedException>(() => OpenAsync(database))).Message);
        Assert.Contains(
            named,
            Assert.Throws<StoreRefusedException>(() => PostgresAudit.Open(new() { Connection = database })).Message);
    }

    [Fact]
    public async Task Reports_that_do_not_end_keep_no_lane_from_what_it_decides_on_I36()
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        await using var store = await PostgresFixture.OpenAsync(database);
        await store.CommitAsync(_chains, _chains.Change(1, new Wish("a")));
        await using var slow = await LockReportsAsync(database);
        var reports = Enumerable.Range(0, 20).Select(_ => ReportAsync(store)).ToList();
        await UntilAsync(async () => await WaitingAsync(database) == 16);

        var chain = TestChains.Chain(1);
        var states = await store.LoadAsync([new KnownChain(chain, null)], default).AsTask().WaitAsync(
            TimeSpan.FromSeconds(10));
        Assert.Equal(1, states[0]!.Sequence);
        Assert.Equal([1L], await store.FindKeysAsync([(chain, "a")], default));
        Assert.DoesNotContain(reports, report => report.IsCompleted);
        await slow.DisposeAsync();
        await Task.WhenAll(reports);
    }

    [Fact]
    public async Task A_report_that_nobody_waits_for_any_more_keeps_no_place_I36()
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        await using var store = await PostgresLedgerStore.OpenAsync(
            new() { Connection = database }, TestChains.Fold, default);
        await using var slow = await LockReportsAsync(database);
        for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<StoreUnavailableException>(() => ReportAsync(store));
        await UntilAsync(async () => await WaitingAsync(database) == 0);
    }

    private static Task<Rollup> ReportAsync(PostgresLedgerStore store) => store.SumAsync(
        new(ChainKey.OfProject(1), Axis.All, 0, int.MaxValue, IsBySlot: false), default).AsTask();

    /// <summary>Until it is disposed.</summary>
    private static async Task<NpgsqlConnection> LockReportsAsync(string database)
    {
        var connection = new NpgsqlConnection($"{database};Pooling=false");
        await connection.OpenAsync();
        await PostgresFixture.ExecuteAsync(
            connection, "BEGIN; LOCK TABLE tallystick.rollup IN ACCESS EXCLUSIVE MODE");
        return connection;
    }

    /// <summary>Reports that wait on the server.</summary>
    private static async Task<long> WaitingAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create($"{database};Pooling=false");
        await using var command = source.CreateCommand("""
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%UNION ALL%'
            """);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var i = 0; i < 200 && !await isSo(); i++) await Task.Delay(50);
        Assert.True(await isSo());
    }

    [Theory]
    [InlineData("count")]
    [InlineData("trailed")]
    [InlineData("indexed")]
    [InlineData("listed")]
    [InlineData("rolled up")]
    [InlineData("states")]
    public async Task A_session_that_ends_within_an_audit_is_no_finding_57P01(string asked)
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        await using (var store = await PostgresFixture.OpenAsync(database))
            await store.CommitAsync(_chains, _chains.Change(1, new Wish(), new Wish()));
        using var audit = PostgresAudit.Open(new() { Connection = database });
        var row = audit.ReadJournal(ChainRange.All).First();
        var opened = EntryCodec.Decode(row.Bytes);
        await PostgresCluster.ExecuteAsync(database, """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """);
        for (var again = 0; again < 2; again++)
            Assert.Throws<StoreUnavailableException>(() => asked switch
            {
                "count" => audit.CountEntries(),
                "trailed" => (object)audit.HasTrailed(row),
                "indexed" => audit.IsIndexed(row with { Sequence = 2 }, opened),
                "listed" => audit.IsIndexed(row, opened),
                "rolled up" => audit.IsRolledUp(row),
                _ => audit.ReadStates(ChainRange.All).ToList(),
            });
    }

    [Fact]
    public async Task A_node_that_runs_stops_writing_when_the_schema_becomes_newer()
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        await using var store = await OpenAsync(database);
        await store.CommitAsync(_chains, _chains.Change(1, new Wish()));
        await PostgresCluster.ExecuteAsync(
            database, "INSERT INTO tallystick.migration VALUES (99, '0099-later', 'x')");
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(
            async () => await store.CommitAsync([_chains.Change(1, new Wish())], default));
        Assert.Contains("newer than this program", refused.Message);
    }

    [Fact]
    public async Task A_store_remembers_its_clock_and_its_pepper()
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        var options = new PostgresStoreOptions { Connection = database, PepperCheck = "one" };
        await using (await OpenAsync(options)) { }
        await using (await OpenAsync(options with { PepperCheck = null })) { }
        var refused = await Assert.ThrowsAsync<StoreRefusedException>(
            () => OpenAsync(options with { PepperCheck = "two" }));
        Assert.Contains("another pepper", refused.Message);
        refused = await Assert.ThrowsAsync<StoreRefusedException>(
            () => OpenAsync(options with { Clock = PostgresStoreOptions.TestClock }));
        Assert.Contains("real clock", refused.Message);
    }

    [Theory]
    [InlineData("synchronous_commit", "off")]
    [InlineData("synchronous_commit", "local")]
    public async Task A_database_that_may_lose_what_was_acknowledged_is_refused(string setting, string value)
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        await PostgresCluster.ExecuteAsync(database, $"ALTER DATABASE {name} SET {setting} = {value}");
        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => OpenAsync(database));
        Assert.Contains($"{setting} = {value}", refused.Message);
        await using var store = await OpenAsync(new PostgresStoreOptions
        {
            Connection = database, AllowUnsafeDurability = true,
        });
        Assert.Contains(store.Warnings, warning => warning.Contains($"NOT DURABLE: {setting} = {value}"));
    }

    [Fact]
    public async Task A_server_without_flushes_is_refused()
    {
        await using var cluster = await PostgresCluster.StartOwnAsync("fsync = off", "full_page_writes = off");
        var refused = await Assert.ThrowsAsync<StoreRefusedException>(
            async () => await OpenAsync(await cluster.CreateDatabaseAsync()));
        Assert.Contains("fsync = off, full_page_writes = off", refused.Message);
    }

    [Fact]
    public async Task The_role_of_the_nodes_serves_and_can_change_nothing_that_was_entered_I15()
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        await PostgresCluster.ExecuteAsync(
            database, "DO $$ BEGIN CREATE ROLE tally_node LOGIN; EXCEPTION WHEN duplicate_object THEN END $$");
        var asNode = new NpgsqlConnectionStringBuilder(database) { Username = "tally_node" }.ConnectionString;
        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => OpenAsync(asNode));
        Assert.Contains("run tally migrate as the owner", refused.Message);

        await PostgresMigration.RunAsync(new() { Connection = database, ApplicationRole = "tally_node" }, default);
        await using var store = await OpenAsync(asNode);
        await store.CommitAsync(
            _chains, _chains.Change(1, new Wish(), new Wish("k", "r", true, "{}")), _chains.Change(2, new Wish()));
        await store.CommitAsync(_chains, _chains.Change(1, new Wish("l", "r", true)));
        Assert.NotNull(await store.SealAsync(1, new(1), default));
        await store.ProbeAsync(default);
        await ModelCheck.AllAsync(store, _chains, new(1));
        foreach (var sql in Changes)
        {
            var denied = await Assert.ThrowsAsync<PostgresException>(() => PostgresCluster.ExecuteAsync(asNode, sql));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, denied.SqlState);
            denied = await Assert.ThrowsAsync<PostgresException>(() => PostgresCluster.ExecuteAsync(database, sql));
            Assert.Contains("append-only", denied.MessageText);
        }
    }

    private static readonly string[] Changes =
    [
        "UPDATE tallystick.journal SET sequence = 9", "DELETE FROM tallystick.journal", "TRUNCATE tallystick.journal",
        "UPDATE tallystick.seal SET at = 9", "DELETE FROM tallystick.seal", "TRUNCATE tallystick.seal",
    ];

    private static Task<PostgresLedgerStore> OpenAsync(string database) =>
        OpenAsync(new PostgresStoreOptions { Connection = database });

    private static Task<PostgresLedgerStore> OpenAsync(PostgresStoreOptions options) =>
        PostgresLedgerStore.OpenAsync(options, TestChains.Fold, default);

    private static async Task<string?> ReadAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return (string?)await command.ExecuteScalarAsync();
    }
}
