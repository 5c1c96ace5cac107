using System.Text.Json;
using Npgsql;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>What a server that knows its tables well reads for the last few entries of an account.</summary>
public sealed class LoadPlanTests(PostgresFixture postgres)
{
    private const int Entries = 60_000, Step = 100, Unknown = 5, PagesMax = 20;

    /// <summary>
    /// A server that takes a third of the entries for those that follow reads the whole journal: two nodes that take
    /// turns on one account then stand still.
    /// </summary>
    /// <param name="others">Accounts that have the other half of the entries; one is the busy account itself.</param>
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(50)]
    public async Task What_follows_a_known_state_is_read_without_the_rest_of_a_busy_account(int others)
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        var chains = new TestChains { KeepsJournal = false };
        await using (var store = await PostgresLedgerStore.OpenAsync(
            PostgresFixture.Patient(database), TestChains.Fold, default))
        {
            for (var i = 0; i < Entries / Step; i++)
                await store.CommitAsync(chains, Charges(i % 2 * (i / 2 % others), Step));
            await store.CommitAsync(chains, Charges(0, Unknown));
        }
        await PostgresCluster.ExecuteAsync(database, "VACUUM ANALYZE");

        var state = chains.State(TestChains.Chain(0))!;
        var load = PostgresLedgerStore.Load([new(state.Key, state with { Sequence = state.Sequence - Unknown })]);
        load.CommandText = $"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {load.CommandText}";
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { load } };
        var plan = JsonDocument.Parse((string)(await batch.ExecuteScalarAsync())!).RootElement[0].GetProperty("Plan");
        Assert.Equal(Unknown, plan.GetProperty("Actual Rows").GetDouble());
        Assert.InRange(
            plan.GetProperty("Shared Hit Blocks").GetInt64() + plan.GetProperty("Shared Read Blocks").GetInt64(),
            1, PagesMax);

        ChainChange Charges(int account, int count) =>
            chains.Change(account, [.. Enumerable.Repeat(new Wish(), count)]);
    }
}
