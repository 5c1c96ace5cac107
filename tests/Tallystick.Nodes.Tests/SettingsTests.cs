using System.Text.Json.Nodes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>A project's settings, changed on two nodes at once.</summary>
public sealed class SettingsTests(NodesFixture fixture)
{
    [Fact]
    public async Task Settings_that_are_changed_on_two_nodes_at_once_are_all_changed()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        var settings = new Dictionary<string, string>
        {
            ["TALLY_POSTGRES"] = database, ["TALLY_PEPPER"] = new('5', 64),
        };
        using var one = await RunningServer.StartAsync(null, settings);
        using var two = await RunningServer.StartAsync(null, settings);
        for (var round = 1; round <= 10; round++)
        {
            var replies = await Task.WhenAll(
                PatchAsync(one, $"\"credits_per_usd\":{round}"), PatchAsync(two, $"\"max_event_age\":{round}"),
                PatchAsync(one, $"\"multipliers\":{{\"models\":{{\"m\":{round}}}}}"),
                PatchAsync(two, $"\"multipliers\":{{\"providers\":{{\"p\":{round}}}}}"));
            // Whichever came last has all of them.
            Assert.Contains(replies, reply => reply.SequenceEqual(Enumerable.Repeat($"{round}", 4)));
        }
        Books.Verify(database);
    }

    private static async Task<string[]> PatchAsync(RunningServer node, string change)
    {
        var reply = await node.SendAsync("PATCH", "/api/v1/project", $"{{{change}}}");
        Assert.True(reply.Status == 200, reply.Body);
        var now = JsonNode.Parse(reply.Body)!;
        return
        [
            $"{now["credits_per_usd"]}", $"{now["max_event_age"]}", $"{now["multipliers"]!["models"]?["m"]}",
            $"{now["multipliers"]!["providers"]?["p"]}",
        ];
    }
}
