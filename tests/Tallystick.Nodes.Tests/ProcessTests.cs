using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Tallystick.Engine;
using Tallystick.Store.Postgres;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>
/// K2, C2: nodes as processes of their own, killed and with clocks that are wrong. TALLY_CRASH_CYCLES=n kills n times.
/// </summary>
public sealed class ProcessTests(NodesFixture fixture, ITestOutputHelper output)
{
    private const int Clients = 8;
    private const string FakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

    [Fact]
    public async Task A_node_killed_again_and_again_under_load_loses_and_doubles_nothing_K2_D5()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        var given = Environment.GetEnvironmentVariable("TALLY_CRASH_CYCLES");
        var cycles = given is { Length: > 0 } ? int.Parse(given, CultureInfo.InvariantCulture) : 10;
        using var steady = await StartAsync(database);
        var killed = await StartAsync(database);
        await OpenAsync(steady, "acme", 100_000);
        var (answers, unknown) = (new ConcurrentDictionary<string, string>(), new ConcurrentDictionary<string, bool>());
        var refusals = new ConcurrentBag<int>();
        var isOver = false;
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (var i = 0; !Volatile.Read(ref isOver); i++)
            {
                var key = $"load-{client}-{i}";
                var node = i % 2 == 0 ? steady : Volatile.Read(ref killed);
                if (await ChargeAsync(node, key) is not { } answer) unknown[key] = true;
                else if (answer.Status == 201) answers[key] = answer.Body;
                else refusals.Add(answer.Status);
            }
        })).ToArray();
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            await Task.Delay(300);
            killed.Dispose();
            Volatile.Write(ref killed, await StartAsync(database));
        }
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(clients);

        Assert.NotEmpty(unknown);
        // The other node had no trouble of its own: what it could not take, it said to come again for.
        Assert.All(refusals, status => Assert.Equal(503, status));
        foreach (var (key, body) in answers) Assert.Equal((201, body), await ChargeAsync(killed, key));
        foreach (var key in unknown.Keys) Assert.Equal(201, (await ChargeAsync(steady, key))!.Value.Status);
        var charged = Books.ReadKeys(database).Keys.Count(one => one.Key.StartsWith("load-", StringComparison.Ordinal));
        var again = refusals.Count;
        Assert.InRange(charged, answers.Count + unknown.Count, answers.Count + unknown.Count + again);
        killed.Dispose();
        Books.Verify(database);
        output.WriteLine(
            $"{cycles} kills, {answers.Count} acknowledged, 0 lost, {unknown.Count} unknown and settled, 0 doubled");
    }

    [Fact]
    public async Task Nodes_whose_clocks_are_twenty_minutes_apart_agree_on_the_time_C2()
    {
        Packages.Require(FakeTime, "libfaketime");
        var database = await fixture.Cluster.CreateDatabaseAsync();
        using var early = await StartAsync(database, "-10m");
        using var late = await StartAsync(database, "+10m");
        await OpenAsync(early, "acme", 100);
        var hold = JsonDocument.Parse((await late.SendAsync(
            "POST", "/api/v1/holds", """{"account_id":"acme","amount":"1","expires_in":300}""", "h")).Body).RootElement;
        var captured = await early.SendAsync(
            "POST", $"/api/v1/holds/{hold.GetProperty("id").GetString()}/capture", """{"amount":"1"}""");
        Assert.Equal(200, captured.Status);

        var truth = await NowAsync(database);
        foreach (var node in new[] { early, late })
        {
            var charge = await ChargeAsync(node, $"c{node.Id}");
            var at = JsonDocument.Parse(charge!.Value.Body).RootElement.GetProperty("created_at").GetDateTimeOffset();
            Assert.InRange(at, truth.AddSeconds(-2), truth.AddSeconds(10));
        }
        Books.Verify(database);
    }

    [Fact]
    public async Task A_database_whose_clock_is_a_day_ahead_of_its_last_seal_is_refused_until_it_is_accepted_I24()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        var store = await PostgresLedgerStore.OpenAsync(new() { Connection = database }, StoreFold.Next, default);
        await EarlierBooks.WriteAsync(store, TimeSpan.FromHours(25));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(database));
        Assert.Contains("25 hours after the last seal", refused.Message);
        using var accepted = await StartAsync(database, arguments: ["--accept-clock"]);
        Assert.Equal(200, (await accepted.SendAsync("GET", "/health/ready")).Status);
    }

    private static Task<RunningServer> StartAsync(
        string database, string? skew = null, string[]? arguments = null)
    {
        var environment = new Dictionary<string, string>
        {
            ["TALLY_POSTGRES"] = database, ["TALLY_PEPPER"] = new('5', 64),
        };
        if (skew is null) return RunningServer.StartAsync(arguments, environment);
        environment["LD_PRELOAD"] = FakeTime;
        environment["FAKETIME"] = skew;
        // Clocks are set by hand, time still goes by as it does.
        environment["DONT_FAKE_MONOTONIC"] = "1";
        environment["FORCE_MONOTONIC_FIX"] = "0";
        return RunningServer.StartAsync(arguments, environment);
    }

    private static async Task OpenAsync(RunningServer node, string account, int credits)
    {
        Assert.Equal(201, (await node.SendAsync("PUT", $"/api/v1/accounts/{account}")).Status);
        var grant = $$"""{"amount":{{credits}}}""";
        Assert.Equal(201, (await node.SendAsync("POST", $"/api/v1/accounts/{account}/grants", grant, "g")).Status);
    }

    /// <summary>Null where no answer came.</summary>
    private static async Task<(int Status, string Body)?> ChargeAsync(RunningServer node, string key)
    {
        try
        {
            var (status, body, _) = await node.SendAsync(
                "POST", "/api/v1/charges", """{"account_id":"acme","amount":"1"}""", key);
            return (status, body);
        }
        catch (Exception cut) when (
            cut is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            await Task.Delay(20);
            return null;
        }
    }

    private static async Task<DateTimeOffset> NowAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("SELECT clock_timestamp()");
        return new((DateTime)(await command.ExecuteScalarAsync())!, TimeSpan.Zero);
    }
}
