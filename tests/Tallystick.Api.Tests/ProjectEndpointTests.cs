using System.Text.Json.Nodes;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>Projects over HTTP: each a tenant of its own, also when a request about it was cut off.</summary>
public sealed class ProjectEndpointTests : IAsyncLifetime
{
    private ApiServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ApiServer.StartAsync(isAdmin: true);
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_project_comes_with_an_admin_key_that_is_shown_once()
    {
        var first = await CreateAsync("shop", "test");
        var again = await _server.SendAsync("POST", "/api/v1/projects", """{"mode":"test","name":"shop"}""", "shop");
        Assert.Equal((201, null, (string)first["key_id"]!),
            (again.Status, (string?)again.Body!["key"], (string)again.Body["key_id"]!));
        Assert.StartsWith("tally_test_", (string)first["key"]!, StringComparison.Ordinal);
        Assert.Equal(200, await StatusAsync((string)first["key"]!, "GET", "/api/v1/keys"));

        var other = await _server.SendAsync("POST", "/api/v1/projects", """{"name":"shop"}""", "k2");
        Assert.Equal((409, "conflict"), (other.Status, (string)other.Body!["code"]!));
    }

    [Fact]
    public async Task Nothing_crosses_between_projects()
    {
        var key = (string)(await CreateAsync("shop", "live"))["key"]!;
        await _server.SendAsync("PUT", "/api/v1/accounts/acme");
        Assert.Equal(404, await StatusAsync(key, "GET", "/api/v1/accounts/acme"));
        Assert.Equal(201, await StatusAsync(key, "PUT", "/api/v1/accounts/acme"));
        var (_, listed) = await World.SendAsync(_server.Http, "Bearer " + key, "GET", "/api/v1/accounts", null);
        Assert.Equal("acme", Assert.Single(listed["data"]!.AsArray())!["account_id"]!.GetValue<string>());
        Assert.Equal(4, await CountAsync(key, "/api/v1/tiers"));
    }

    [Fact]
    public async Task An_archived_projects_keys_are_refused_until_it_is_reactivated()
    {
        var key = (string)(await CreateAsync("shop", "live"))["key"]!;
        Assert.Equal("archived", await ChangeAsync("archive"));
        Assert.Equal("archived", await ChangeAsync("archive"));
        Assert.Equal(401, await StatusAsync(key, "GET", "/api/v1/accounts"));
        Assert.Equal("active", await ChangeAsync("reactivate"));
        Assert.Equal(200, await StatusAsync(key, "GET", "/api/v1/accounts"));

        async Task<string> ChangeAsync(string verb) =>
            (string)(await _server.SendAsync("POST", $"/api/v1/projects/shop/{verb}")).Body!["status"]!;
    }

    [Fact]
    public async Task The_first_project_cannot_be_archived_for_it_has_the_register() =>
        Assert.Equal(409, (await _server.SendAsync("POST", "/api/v1/projects/default/archive")).Status);

    [Fact]
    public async Task Rotation_gives_an_admin_key_in_the_place_of_all_others()
    {
        var old = (string)(await CreateAsync("shop", "live"))["key"]!;
        var rotated = await _server.SendAsync("POST", "/api/v1/projects/shop/rotate", """{"overlap_seconds":0}""");
        var next = (string)rotated.Body!["key"]!;
        Assert.Equal(201, rotated.Status);
        Assert.Equal((401, 200),
            (await StatusAsync(old, "GET", "/api/v1/keys"), await StatusAsync(next, "GET", "/api/v1/keys")));
        Assert.Equal(2, await CountAsync(next, "/api/v1/keys"));
    }

    [Fact]
    public async Task Settings_that_are_changed_at_once_are_all_changed()
    {
        for (var round = 1; round <= 20; round++)
        {
            string[] changes =
            [
                $"\"credits_per_usd\":{round}", $"\"markup\":{{\"percent\":\"{round}\"}}",
                $"\"max_event_age\":{round}", $"\"refund_grace\":{round}", $"\"max_hold_lifetime\":{round}",
                .. from kind in new[] { "providers", "models", "regions" }
                   select $"\"multipliers\":{{\"{kind}\":{{\"x\":{round}}}}}",
            ];
            var replies = await Task.WhenAll(
                changes.Select(change => _server.SendAsync("PATCH", "~/project", $"{{{change}}}")));
            foreach (var reply in replies) reply.Must(200);
            var now = (await _server.GetAsync("~/project")).Body!;
            var multipliers = now["multipliers"]!;
            Assert.Equal(
                Enumerable.Repeat($"{round}", changes.Length),
                new[]
                {
                    now["credits_per_usd"], now["markup"]!["percent"], now["max_event_age"], now["refund_grace"],
                    now["max_hold_lifetime"], multipliers["providers"]!["x"], multipliers["models"]!["x"],
                    multipliers["regions"]!["x"],
                }.Select(value => value!.ToString()));
        }
        (await _server.SendAsync("PATCH", "~/project", """{"credits_per_usd":0}""")).MustBe(400, "invalid_request");
    }

    [Theory]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":"-a"}""")]
    [InlineData("""{"name":"A"}""")]
    [InlineData("""{"name":"a b"}""")]
    [InlineData("""{"name":"a","mode":"prod"}""")]
    public async Task What_is_no_name_or_mode_is_invalid(string body) =>
        Assert.Equal(400, (await _server.SendAsync("POST", "/api/v1/projects", body, "k")).Status);

    private async Task<JsonNode> CreateAsync(string name, string mode)
    {
        var (status, body, _) = await _server.SendAsync(
            "POST", "/api/v1/projects", $$"""{"name":"{{name}}","mode":"{{mode}}"}""", name);
        Assert.Equal((201, mode, "active"), (status, (string)body!["mode"]!, (string)body["status"]!));
        return body;
    }

    private async Task<int> StatusAsync(string key, string method, string path) =>
        (await World.SendAsync(_server.Http, "Bearer " + key, method, path, null)).Status;

    private async Task<int> CountAsync(string key, string path) =>
        (await World.SendAsync(_server.Http, "Bearer " + key, "GET", path, null)).Body["data"]!.AsArray().Count;
}
