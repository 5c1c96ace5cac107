using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Tallystick.Engine.Limits;
using Tallystick.Store.Postgres;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>Limits by the minute that several nodes share over one database: counts, not times.</summary>
public sealed class LimitTests(NodesFixture fixture)
{
    private const int Limit = 60;
    private static readonly RateThing Thing = new(RateKind.KeyRequests, 1, "7");

    [Fact]
    public async Task A_key_s_limit_holds_over_two_servers_and_both_say_what_is_left_L1()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        using var one = await StartAsync(database);
        using var two = await StartAsync(database);
        Assert.Equal(201, (await one.SendAsync("PUT", "/api/v1/accounts/acme")).Status);
        var created = await one.SendAsync(
            "POST", "/api/v1/keys",
            $$$"""{"role":"service","name":"n","rate_limits":{"requests_per_minute":{{{Limit}}}}}""", "k");
        var key = (string)JsonNode.Parse(created.Body)!["key"]!;
        using var first = ClientOf(one, key);
        using var second = ClientOf(two, key);
        var began = Stopwatch.GetTimestamp();
        // The other node learns of the key within seconds.
        while (await AskAsync(second) == 401) await Task.Delay(50);
        var passed = 1 + (await Task.WhenAll(
            from client in new[] { first, second } from _ in Enumerable.Range(0, 4) select FloodAsync(client))).Sum();

        Assert.InRange(passed, Limit - Limit / 10, MostIn(Stopwatch.GetElapsedTime(began)));
        foreach (var client in new[] { first, second })
        {
            using var refused = await client.GetAsync("/api/v1/accounts/acme");
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(50)) continue;
            Assert.Equal(429, (int)refused.StatusCode);
            Assert.Equal($"\"key\";q={Limit};w=60", refused.Headers.GetValues("RateLimit-Policy").Single());
            Assert.StartsWith("\"key\";r=0;t=", refused.Headers.GetValues("RateLimit").Single());
            Assert.True(refused.Headers.Contains("Retry-After"));
        }
    }

    [Fact]
    public async Task Eight_nodes_that_ask_at_once_let_no_more_through_than_the_limit_L1()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostgresLedgerStore.OpenAsync(
            TestNode.Patient(database) with { Writers = 1, Readers = 1 }, Engine.StoreFold.Next, default)));
        var nodes = stores.Select(store => new SharedRateCounts(store, TimeProvider.System)).ToList();
        try
        {
            foreach (var limit in new[] { 3, 100, 5_000 })
            {
                var thing = Thing with { Id = $"{limit}" };
                var began = Stopwatch.GetTimestamp();
                var passed = (await Task.WhenAll(
                    from node in nodes from _ in Enumerable.Range(0, 4) select FloodAsync(node, thing, limit))).Sum();
                Assert.InRange(passed, limit - limit / 10, MostIn(Stopwatch.GetElapsedTime(began), limit));
            }
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
            foreach (var store in stores) await store.DisposeAsync();
        }
    }

    /// <summary>A machine that is busy for longer than a minute lets another minute's worth through.</summary>
    private static long MostIn(TimeSpan elapsed, int limit = Limit) => limit * (1 + (long)elapsed.TotalMinutes);

    private static async Task<int> FloodAsync(HttpClient client)
    {
        for (var passed = 0; ; passed++)
            if (await AskAsync(client) is var status && status != 200)
                return status == 429 ? passed : throw new InvalidOperationException($"{status}");
    }

    private static async Task<int> FloodAsync(SharedRateCounts node, RateThing thing, long limit)
    {
        for (var passed = 0; ; passed++)
            if (!(await node.TakeAsync(thing, limit, 1, default)).IsTaken) return passed;
    }

    private static async Task<int> AskAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/api/v1/accounts/acme");
        return (int)response.StatusCode;
    }

    private static HttpClient ClientOf(RunningServer server, string key) => new()
    {
        BaseAddress = server.Http.BaseAddress,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };

    private static Task<RunningServer> StartAsync(string database) => RunningServer.StartAsync(
        null, new Dictionary<string, string> { ["TALLY_POSTGRES"] = database, ["TALLY_PEPPER"] = new('5', 64) });
}
