using Npgsql;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>What commits have left for reports, taken in whatever order the server gives it out.</summary>
public sealed class RollupTrailTests(PostgresFixture postgres)
{
    private const int Epochs = 5;

    /// <summary>The last epochs lie first, as where the server has filled up what was deleted.</summary>
    private const string Disorder = """
        CREATE TEMPORARY TABLE due AS TABLE tallystick.rollup_due;
        DELETE FROM tallystick.rollup_due;
        INSERT INTO tallystick.rollup_due SELECT * FROM due ORDER BY epoch DESC
        """;

    [Fact]
    public async Task An_epoch_that_ends_with_what_is_in_no_report_is_added_up_too_I4()
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        var chains = new TestChains();
        await using (var store = await PostgresFixture.OpenAsync(database))
        {
            for (var i = 0; i < Epochs; i++)
            {
                await store.CommitAsync(
                    chains, chains.Change(1, [.. Enumerable.Repeat(new Wish(), (int)Checkpoints.Every - 1)]));
                await store.CommitAsync(chains, chains.Change(1, new Wish(Counts: i % 3 == 2)));
            }
            await store.TrailAllAsync();
            await CheckAsync(store, chains);
        }
        Check(database, chains);
        await using var source = NpgsqlDataSource.Create($"{database};Pooling=false");
        await using var added = source.CreateCommand("SELECT max(epochs) FROM tallystick.account_epochs");
        Assert.Equal(Epochs, await added.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Epochs_that_an_earlier_program_passed_over_are_added_up_later_I4(bool isPassed)
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        var chains = new TestChains();
        await using (var store = await PostgresFixture.OpenAsync(database))
        {
            for (var i = 0; i < Epochs; i++) await CommitEpochAsync(store, chains);
            await store.TrailAllAsync();
            await PostgresCluster.ExecuteAsync(database, "DELETE FROM tallystick.account_rollup; " + (isPassed
                ? "DELETE FROM tallystick.migration WHERE number > 6"
                : $"""
                    DELETE FROM tallystick.account_epochs;
                    INSERT INTO tallystick.rollup_due
                    SELECT number, project, {Epochs - 1} FROM tallystick.chain WHERE number <> 0
                    """));
        }
        await using (var store = await PostgresFixture.OpenAsync(database))
        {
            await CheckAsync(store, chains);
            await store.TrailAllAsync();
            await CheckAsync(store, chains);
        }
        Check(database, chains);
    }

    [Fact]
    public async Task Epochs_that_fell_due_together_are_counted_once_whatever_order_they_come_in_I4()
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        var chains = new TestChains();
        await using (var other = new NpgsqlConnection($"{database};Pooling=false"))
        {
            // As another node that is at it.
            await other.OpenAsync();
            await PostgresFixture.ExecuteAsync(other, $"SELECT pg_advisory_lock({RollupTrail.LockKey})");
            await using (var store = await PostgresFixture.OpenAsync(database))
                for (var i = 0; i < Epochs; i++) await CommitEpochAsync(store, chains);
            await PostgresFixture.ExecuteAsync(other, Disorder);
        }
        await using (var store = await PostgresFixture.OpenAsync(database))
        {
            await store.TrailAllAsync();
            await CheckAsync(store, chains);
        }
        Check(database, chains);
    }

    private static async Task CommitEpochAsync(ILedgerStore store, TestChains chains) =>
        await store.CommitAsync(
            chains, chains.Change(1, [.. Enumerable.Repeat(new Wish(), (int)Checkpoints.Every)]));

    private static Task CheckAsync(ILedgerStore store, TestChains chains) => SumCheck.EqualAsync(
        store, chains, new(TestChains.Chain(1), Axis.All, 0, int.MaxValue, IsBySlot: false));

    private static void Check(string database, TestChains chains)
    {
        using var audit = PostgresAudit.Open(new() { Connection = database });
        AuditCheck.All(audit, chains);
    }
}
