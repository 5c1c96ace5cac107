using Npgsql;
using Tallystick.Store.Postgres;
using Tallystick.Store.Tests.Contract;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>P6, beside the whole contract by way of a pooler (<see cref="PooledPostgresContract"/>).</summary>
public sealed class PoolerTests(PostgresFixture postgres)
{
    private const int Sessions = 3;

    /// <summary>Each server session, as the next client of the pooler would find it.</summary>
    private const string Left = """
        SELECT (SELECT count(*) FROM pg_settings WHERE source = 'session' AND name <> 'application_name'
                AND name <> 'client_encoding')
            + (SELECT count(*) FROM pg_prepared_statements)
            + (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
            + (SELECT count(*) FROM pg_listening_channels())
            + (SELECT count(*) FROM pg_cursors WHERE is_holdable)
        """;

    [Fact]
    public async Task Statements_are_kept_only_where_nothing_stands_between_P6()
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        await using var pooler = await PgBouncer.StartAsync(PostgresCluster.PortOf(database), Sessions);
        foreach (var (connection, isDirect) in ((string, bool)[])[(database, true), (pooler.Through(database), false)])
        {
            await using var store = await PostgresLedgerStore.OpenAsync(
                PostgresFixture.Patient(connection), TestChains.Fold, default);
            Assert.Equal(isDirect, store.IsDirect);
        }
    }

    [Fact]
    public async Task Nothing_of_a_node_stays_in_a_session_P6()
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        await using var pooler = await PgBouncer.StartAsync(PostgresCluster.PortOf(database), Sessions);
        var through = pooler.Through(database);
        var chains = new TestChains();
        await using (var store = await PostgresLedgerStore.OpenAsync(
            PostgresFixture.Patient(through), TestChains.Fold, default))
        {
            for (var account = 1; account <= 40; account++)
                await store.CommitAsync(chains, chains.Change(account, new Wish($"key-{account}"), new Wish()));
            await Task.WhenAll(Enumerable.Range(1, 40).Select(async account =>
            {
                await using var held = await store.HoldAsync(
                    [new(TestChains.Chain(account), null)], isBrief: false, default);
                Assert.Equal(2, held.States[0]!.Sequence);
            }));
        }
        // In transactions that are open at once the pooler must give each client a session of its own.
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(through) { NoResetOnClose = true }.ConnectionString);
        var found = new HashSet<int>();
        var open = new List<NpgsqlConnection>();
        for (var i = 0; i < Sessions; i++)
        {
            var connection = await source.OpenConnectionAsync();
            open.Add(connection);
            await using var begin = new NpgsqlCommand("BEGIN", connection);
            await begin.ExecuteNonQueryAsync();
            await using var left = new NpgsqlCommand(Left, connection);
            Assert.Equal(0L, await left.ExecuteScalarAsync());
            await using var session = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
            found.Add((int)(await session.ExecuteScalarAsync())!);
        }
        Assert.Equal(Sessions, found.Count);
        foreach (var connection in open) await connection.DisposeAsync();
    }
}
