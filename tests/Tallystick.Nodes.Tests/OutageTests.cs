using System.Diagnostics;
using System.Text.Json;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>K4 as a client and an orchestrator see it: what a node answers while its database is away.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task While_the_database_is_away_a_node_lives_is_not_ready_and_says_when_to_come_again_K4()
    {
        await using var cluster = await PostgresCluster.StartOwnAsync();
        var database = await cluster.CreateDatabaseAsync();
        using var node = await RunningServer.StartAsync(environment: new Dictionary<string, string>
        {
            ["TALLY_POSTGRES"] = database, ["TALLY_PEPPER"] = new('5', 64),
        });
        Assert.Equal(201, (await node.SendAsync("PUT", "/api/v1/accounts/acme")).Status);
        const string Grant = """{"amount":100}""";
        Assert.Equal(201, (await node.SendAsync("POST", "/api/v1/accounts/acme/grants", Grant, "g")).Status);
        Assert.Equal(200, (await node.SendAsync("GET", "/health/ready")).Status);

        cluster.KillPostmaster();
        for (var i = 0; i < 20; i++)
        {
            await RefusesInTimeAsync(node, "POST", "/api/v1/charges", """{"account_id":"acme","amount":1}""", $"c{i}");
            await RefusesInTimeAsync(node, "GET", "/api/v1/accounts/acme/balance");
            Assert.Equal(200, (await node.SendAsync("GET", "/health/live")).Status);
            Assert.Equal(503, (await node.SendAsync("GET", "/health/ready")).Status);
        }

        await cluster.StartServerAsync();
        for (var began = Stopwatch.GetTimestamp(); (await node.SendAsync("GET", "/health/ready")).Status != 200;)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10), "the node did not recover");
            await Task.Delay(100);
        }
        for (var i = 0; i < 20; i++)
            Assert.Equal(201, (await node.SendAsync(
                "POST", "/api/v1/charges", """{"account_id":"acme","amount":1}""", $"c{i}")).Status);
        var balance = JsonDocument.Parse((await node.SendAsync("GET", "/api/v1/accounts/acme/balance")).Body);
        Assert.Equal("80.000000", balance.RootElement.GetProperty("available").GetString());
        Books.Verify(database);
    }

    private static async Task RefusesInTimeAsync(
        RunningServer node, string method, string path, string? body = null, string? key = null)
    {
        var began = Stopwatch.GetTimestamp();
        var (status, problem, raw) = await node.SendAsync(method, path, body, key);
        Assert.True(Stopwatch.GetElapsedTime(began) - Lateness.Since(began) < AnswerMax);
        Assert.Equal(503, status);
        Assert.Equal("store_unavailable", JsonDocument.Parse(problem).RootElement.GetProperty("code").GetString());
        Assert.NotNull(raw.Headers.RetryAfter);
    }
}
