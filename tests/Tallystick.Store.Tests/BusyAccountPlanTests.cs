using System.Text.Json;
using Npgsql;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>What a server that knows its tables well reads for the last entries of an account.</summary>
public sealed class BusyAccountPlanTests(PostgresFixture postgres)
{
    private const int Entries = 60_000, Step = 100, Unknown = 5, LoadPagesMax = 20, SumPagesMax = 200;

    /// <summary>As small against these few entries as the usual setting is against four millions.</summary>
    private const string Settings = "SET work_mem = '64kB'";

    /// <summary>
    /// A server that takes a third of the entries for those that follow reads all of them: two nodes that take turns on
    /// one account then stand still, and a report of it takes seconds.
    /// </summary>
    /// <param name="others">Accounts that have the other half of the entries; one is the busy account itself.</param>
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(50)]
    public async Task The_last_entries_of_a_busy_account_are_read_without_the_rest_of_the_journal(int others)
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        var chains = new TestChains { KeepsJournal = false };
        await using (var store = await PostgresFixture.OpenAsync(database))
        {
            for (var i = 0; i < Entries / Step; i++)
                await store.CommitAsync(chains, Charges(i % 2 * (i / 2 % others), Step));
            await store.CommitAsync(chains, Charges(0, Unknown));
            await store.TrailAllAsync();
        }
        await PostgresCluster.ExecuteAsync(database, "VACUUM ANALYZE");

        var state = chains.State(TestChains.Chain(0))!;
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await PostgresFixture.ExecuteAsync(connection, Settings);
        var load = PostgresLedgerStore.Load([new(state.Key, state with { Sequence = state.Sequence - Unknown })]);
        var (rows, pages) = await ReadAsync(connection, load);
        Assert.Equal(Unknown, rows);
        Assert.InRange(pages, 1, LoadPagesMax);
        var sum = PostgresLedgerStore.SumAccount(new(state.Key, Axis.All, 0, int.MaxValue, IsBySlot: false));
        (rows, pages) = await ReadAsync(connection, sum);
        Assert.InRange(rows, Unknown, Checkpoints.Every + Unknown);
        Assert.InRange(pages, 1, SumPagesMax);

        ChainChange Charges(int account, int count) =>
            chains.Change(account, [.. Enumerable.Repeat(new Wish(), count)]);
    }

    private static async Task<(double Rows, long Pages)> ReadAsync(
        NpgsqlConnection connection, NpgsqlBatchCommand command)
    {
        command.CommandText = $"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {command.CommandText}";
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        var plan = JsonDocument.Parse((string)(await batch.ExecuteScalarAsync())!).RootElement[0].GetProperty("Plan");
        return (plan.GetProperty("Actual Rows").GetDouble(), Pages("Hit") + Pages("Read"));

        long Pages(string how) => plan.GetProperty($"Shared {how} Blocks").GetInt64();
    }
}
