using Npgsql;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>A database from before there were reports has them all once a node serves it.</summary>
public sealed class RollupBacklogTests(PostgresFixture postgres)
{
    private const int Accounts = 300;

    /// <summary>As the first migration left it.</summary>
    private const string Aged = """
        DROP TABLE tallystick.rollup, tallystick.rollup_tail, tallystick.rollup_due, tallystick.account_rollup,
            tallystick.account_epochs, tallystick.rollup_backlog, tallystick.rate;
        ALTER TABLE tallystick.chain DROP COLUMN head, DROP COLUMN spare;
        DELETE FROM tallystick.migration WHERE number > 1
        """;

    private readonly TestChains _chains = new() { ReportsByTeam = true };
    private readonly Random _random = new(7);

    [Fact]
    public async Task What_was_entered_before_is_added_up_however_often_it_is_cut_off_and_whoever_helps_I4()
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        await using (var store = await PostgresFixture.OpenAsync(database)) await FillAsync(store);
        await PostgresCluster.ExecuteAsync(database, Aged);
        await PostgresMigration.RunAsync(new() { Connection = database }, default);
        Assert.Equal(Accounts, await LeftAsync(database));
        Check(database);

        // A node that ends in the middle.
        await using (var source = NpgsqlDataSource.Create(database))
        await using (var connection = await source.OpenConnectionAsync())
            Assert.True(await RollupBacklog.StepAsync(connection));
        Assert.InRange(await LeftAsync(database), 1, Accounts - 1);
        Check(database);

        var stores = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => Task.Run(() => PostgresFixture.OpenAsync(database))));
        Assert.Equal(0, await LeftAsync(database));
        foreach (var store in stores) await CheckSumsAsync(store);
        await FillAsync(stores[0]);
        await CheckSumsAsync(stores[1]);
        foreach (var store in stores) await store.TrailAllAsync();
        await CheckSumsAsync(stores[2]);
        foreach (var store in stores) await store.DisposeAsync();
        Check(database);
    }

    private async Task CheckSumsAsync(ILedgerStore store)
    {
        foreach (var chain in new[] { ChainKey.OfProject(1), TestChains.Chain(0), TestChains.Chain(1) })
            foreach (var axis in new[] { Axis.All, Axis.Of(TestChains.Team) })
                await SumCheck.EqualAsync(
                    store, _chains, new(chain, axis, 0, int.MaxValue, IsBySlot: axis.Length > 0));
        for (var i = 0; i < 20; i++) await SumCheck.RandomAsync(store, _chains, _random);
    }

    /// <summary>One account has thousands of entries in few days, one a thousand in weeks; the others a few.</summary>
    private async Task FillAsync(ILedgerStore store)
    {
        for (var i = 0; i < 45; i++)
        {
            _chains.Clock += _random.Next(20) * 900_000_000L;
            await store.CommitAsync(_chains, _chains.Change(0, [.. Enumerable.Repeat(new Wish(), 517)]));
        }
        for (var i = 0; i < 11; i++)
        {
            _chains.Clock += _random.Next(800) * 900_000_000L;
            await store.CommitAsync(_chains, _chains.Change(1, [.. Enumerable.Repeat(new Wish(), 100)]));
        }
        foreach (var some in Enumerable.Range(1, Accounts - 1).Chunk(50))
            await store.CommitAsync(
                _chains, [.. some.Select(account => _chains.Change(account, new Wish(), new Wish(), new Wish()))]);
    }

    private void Check(string database)
    {
        using var audit = PostgresAudit.Open(new() { Connection = database });
        AuditCheck.All(audit, _chains);
    }

    private static async Task<long> LeftAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("SELECT count(*) FROM tallystick.rollup_backlog");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
