using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Engine;
using Tallystick.Engine.Identity;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>Licences that move on one node while another remembers where they were.</summary>
public sealed class LicenseTests(NodesFixture fixture)
{
    [Fact]
    public async Task Events_of_a_licence_that_moved_elsewhere_are_recorded_where_it_is_and_once()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        var settings = new Dictionary<string, string>
        {
            ["TALLY_POSTGRES"] = database, ["TALLY_PEPPER"] = new('5', 64),
        };
        using var here = await RunningServer.StartAsync(null, settings);
        using var there = await RunningServer.StartAsync(null, settings);
        foreach (var account in new[] { "a", "b" }) await SendAsync(here, "PUT", $"accounts/{account}", "{}", 201);
        await SendAsync(here, "PUT", "prices", """{"prices":[{"model":"m","rates":{"input":"1"}}]}""", 200);
        var license = await SendAsync(here, "POST", "licenses", """{"account_id":"a"}""", 201);
        var (id, secret) = ((string)license["id"]!, (string)license["license_key"]!);
        // The other node learns of prices within seconds; from then on it remembers where the licence is.
        for (var i = 0; (string)(await RecordAsync(there, $"warm-{i}"))["status"]! != "accepted"; i++)
            await Task.Delay(100);
        var seen = new Dictionary<string, string>();
        var holder = "a";
        for (var move = 0; move < 4; move++)
        {
            foreach (var (name, node) in new[] { ("here", here), ("there", there) })
            {
                var recorded = await RecordAsync(node, $"{name}-{move}");
                Assert.Equal("accepted", (string)recorded["status"]!);
                seen[$"{name}-{move}"] = (string)recorded["transaction_id"]!;
                Assert.Equal(holder, await AccountOfAsync(seen[$"{name}-{move}"]));
            }
            holder = holder == "a" ? "b" : "a";
            await SendAsync(here, "POST", $"licenses/{id}/move", $$"""{"account_id":"{{holder}}"}""", 200);
            // Wherever it was recorded, it is not recorded again.
            await SendAgainAsync(here);
            var fresh = await RecordAsync(here, $"between-{move}");
            seen[$"between-{move}"] = (string)fresh["transaction_id"]!;
            await SendAgainAsync(there);
        }
        Books.Verify(database);

        async Task SendAgainAsync(RunningServer node)
        {
            foreach (var (name, transaction) in seen)
            {
                var again = await RecordAsync(node, name);
                Assert.Equal(("duplicate", transaction), ((string)again["status"]!, (string)again["transaction_id"]!));
            }
        }

        async Task<string> AccountOfAsync(string transaction)
        {
            var told = await SendAsync(here, "GET", $"transactions/{transaction}", null, 200);
            return (string)told["transaction"]!["account_id"]!;
        }

        async Task<JsonNode> RecordAsync(RunningServer node, string name)
        {
            const string Usage = "\"usage\":{\"model\":\"m\",\"input_tokens\":1}";
            var usage = $"{{\"id\":\"{name}\",\"license_key\":\"{secret}\",{Usage}}}";
            return (await SendAsync(node, "POST", "usage/events", usage, 200))["results"]![0]!;
        }
    }

    [Fact]
    public async Task A_licence_that_went_and_came_back_is_known_to_have_moved_on_every_node()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        var nodes = await TestNode.StartPatientAsync(database, 2);
        try
        {
            await nodes[0].ProjectAsync(new ProjectCommand.OpenProject("default"));
            foreach (var account in new[] { "a", "b" }) await nodes[0].OpenAsync(account, 0);
            var directories = nodes.Select(node => new LicenseDirectory(node.Ledger)).ToList();
            ImmutableArray<byte> nothing = [.. new byte[16]];
            var (number, _) = await directories[0].PointAsync(
                1, [.. new byte[32]], "a", false, new(null, nothing, default, nothing), default);
            await nodes[0].InsistAsync("a", new AccountCommand.IssueLicense(number, "", "…", null));
            Assert.Equal("a", (await directories[1].PresentAsync(1, number, default))!.Place.AccountId);
            foreach (var (from, to) in new[] { ("a", "b"), ("b", "a") })
            {
                await nodes[0].InsistAsync(from, new AccountCommand.MoveLicense(number, to));
                await directories[0].LookAsync(1, number, null, default);
            }
            var (license, place, _) = (await directories[1].PresentAsync(1, number, default))!;
            Assert.Equal(("a", 2, 2), (place.AccountId, place.Former.Length, license.Former.Length));
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
        }
        Books.Verify(database);
    }

    private static async Task<JsonNode> SendAsync(
        RunningServer node, string method, string path, string? body, int status)
    {
        var reply = await node.SendAsync(method, "/api/v1/" + path, body, Guid.NewGuid().ToString());
        Assert.True(reply.Status == status, $"{method} {path}: {reply.Status} {reply.Body}");
        return JsonNode.Parse(reply.Body)!;
    }
}
