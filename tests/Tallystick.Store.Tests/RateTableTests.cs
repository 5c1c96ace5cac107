using Npgsql;
using Tallystick.Engine;
using Tallystick.Engine.Limits;
using Tallystick.Store.Postgres;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>The rows that nodes count limits in.</summary>
public sealed class RateTableTests(PostgresFixture postgres)
{
    private const string Settings = "SELECT 1";
    private static readonly RateThing Thing = new(RateKind.KeyRequests, 1, "7");
    private readonly ManualTime _time = new();

    [Fact]
    public async Task What_one_node_was_given_the_next_one_is_not()
    {
        await using var connection = await OpenAsync();
        var table = new RateTable(Settings, _time);
        RateThing[] things = [Thing, Thing with { Kind = RateKind.KeyTokens }, Thing with { Project = 2 }];
        foreach (var thing in things)
        {
            var first = await AskAsync(table, connection, new(thing, 10) { Needed = 7, Noted = 1 });
            Assert.Equal((7, 8), (first.Granted, first.Window.Used(first.Segment)));
            var second = await AskAsync(table, connection, new(thing, 10) { Needed = 7 });
            Assert.Equal(2, second.Granted);
            var back = new RateAsk(thing, 10) { Needed = 9, Returned = 5, ReturnedOf = second.Segment };
            Assert.Equal(5, (await AskAsync(table, connection, back)).Granted);
        }
    }

    [Fact]
    public async Task Rows_that_nobody_uses_are_deleted_and_one_that_somebody_has_locked_is_passed_over()
    {
        await using var connection = await OpenAsync();
        await using var other = new NpgsqlConnection(connection.ConnectionString);
        await other.OpenAsync();
        var table = new RateTable(Settings, _time);
        foreach (var id in new[] { "old", "locked" })
            await AskAsync(table, connection, new(Thing with { Id = id }, 10) { Needed = 1 });
        await PostgresFixture.ExecuteAsync(other, "UPDATE tallystick.rate SET segment = segment - 1000");
        await using var transaction = await other.BeginTransactionAsync();
        await PostgresFixture.ExecuteAsync(other, "SELECT 1 FROM tallystick.rate WHERE id = 'locked' FOR UPDATE");
        await AskAsync(table, connection, new(Thing, 10) { Needed = 1 });
        Assert.Equal(["7", "locked", "old"], await IdsAsync(connection));
        _time.Advance(TimeSpan.FromMinutes(2));
        await AskAsync(table, connection, new(Thing, 10) { Needed = 1 });
        Assert.Equal(["7", "locked"], await IdsAsync(connection));
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var database = await postgres.Cluster.CreateDatabaseAsync();
        await using (await PostgresLedgerStore.OpenAsync(new() { Connection = database }, StoreFold.Next, default)) { }
        var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<RateLease> AskAsync(RateTable table, NpgsqlConnection connection, RateAsk ask) =>
        (await table.LeaseAsync(connection, [ask]))[0];

    private static async Task<List<string>> IdsAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT id FROM tallystick.rate ORDER BY id", connection);
        await using var rows = await command.ExecuteReaderAsync();
        var ids = new List<string>();
        while (await rows.ReadAsync()) ids.Add(rows.GetString(0));
        return ids;
    }
}
