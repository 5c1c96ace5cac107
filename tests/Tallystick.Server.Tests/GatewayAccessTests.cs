using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tallystick.Contracts.Gateway;
using Tallystick.Server.Tests.Crashes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>The gateway's routes of the real program: who may call them, and that its document has them.</summary>
public sealed partial class GatewayAccessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tally-gateway-access-").FullName;

    [Fact]
    public async Task A_role_may_call_what_the_document_says_for_its_own_account_only_A2()
    {
        await using var server = await TallyServer.StartAsync(_folder);
        foreach (var account in (string[])["acme", "other"])
            await MakeAsync(server, $"/api/v1/accounts/{account}/grants", new { amount = 1_000 }, account);
        var keys = new Dictionary<string, string> { ["admin"] = TallyServer.AdminKey };
        foreach (var role in (string[])["service", "ingest", "read"])
            keys[role] = await MakeAsync(server, "/api/v1/keys", new { role, name = role });
        keys["account"] = await MakeAsync(
            server, "/api/v1/keys", new { role = "account", account_id = "acme", name = "account" });
        keys["licence"] = await MakeAsync(server, "/api/v1/licenses", new { account_id = "acme", name = "seat" });
        var document = RepositoryFile.Read("docs/access.md");
        foreach (var route in GatewayRoutes.All)
        {
            var row = $"| `{route.Method} {route.Pattern}` | yes | yes |  |  | yes |  |\n";
            Assert.Contains(row, document, StringComparison.Ordinal);
            foreach (var (role, key) in keys)
            {
                var named = role is "account" or "licence" ? "other" : "acme";
                var (status, body) = await AskAsync(server, route, key, named);
                if (role is "ingest" or "read")
                {
                    Assert.True(status == 403, $"{role}, {route.Pattern}: {status} {body}");
                    Assert.Contains("\"forbidden\"", body, StringComparison.Ordinal);
                }
                else Assert.True(status == Expected(route), $"{role}, {route.Pattern}: {status} {body}");
            }
        }
        // Whoever named another account has been charged himself.
        var spent = await server.Http.GetFromJsonAsync<JsonObject>("/api/v1/accounts/other/balance");
        Assert.Equal("1000.000000", (string?)spent!["balance"]);
    }

    [Fact]
    public async Task The_document_has_each_route_of_the_gateway_with_what_it_takes_and_gives()
    {
        await using var server = await TallyServer.StartAsync(_folder);
        var document = (await server.Http.GetFromJsonAsync<JsonObject>("/openapi/v1.json"))!;
        foreach (var route in GatewayRoutes.All)
        {
            var operation = document["paths"]![route.Pattern]![route.Method.ToLowerInvariant()]!;
            Assert.Equal(route.Name, (string?)operation["operationId"]);
            Assert.NotNull(operation["responses"]![$"{route.Status}"]);
            foreach (var status in (string[])["400", "401", "403", "404", "503"])
                Assert.NotNull(operation["responses"]![status]);
            if (route.IsCharged) Assert.NotNull(operation["responses"]!["402"]);
            Assert.Equal(route.Sample is not null, operation["requestBody"]?["content"]?["application/json"]?["example"]
                is not null);
        }
        var ids = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject())
            .Select(operation => (string)operation.Value!["operationId"]!).ToList();
        Assert.Equal(ids.Distinct(), ids);
        // What is referred to exists.
        foreach (Match reference in Reference().Matches(document.ToJsonString()))
            Assert.NotNull(reference.Groups[1].Value.Split('/').Aggregate<string, JsonNode?>(
                document["components"], (node, name) => node?[name]));
    }

    [Fact]
    public async Task What_calls_came_to_is_counted_G3()
    {
        await using var server = await TallyServer.StartAsync(_folder);
        await MakeAsync(server, "/api/v1/accounts/acme/grants", new { amount = 1_000 }, "acme");
        foreach (var (content, status) in new[]
            { ("Good morning", 200), ("echo: usage=none", 200), ("echo: fail=503", 502), ("echo: fail=429", 429) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
            {
                Content = JsonContent.Create(
                    new { model = "echo", messages = new[] { new { role = "user", content } } }),
                Headers = { { "Tally-Account", "acme" } },
            };
            using var response = await server.Http.SendAsync(request);
            Assert.Equal(status, (int)response.StatusCode);
        }
        var metrics = (await server.Http.GetStringAsync("/metrics")).Split('\n');
        foreach (var (outcome, count) in new[] { ("charged", 1), ("estimated", 1), ("failed", 2) })
            Assert.Contains($"tallystick_calls_total{{outcome=\"{outcome}\"}} {count}", metrics);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Of models and generations that there are not 404, and 415 for what is no form.</summary>
    private static int Expected(GatewayRoute route) =>
        route.IsForm ? 415
        : route.Pattern.Contains("/{id}", StringComparison.Ordinal) || route.Query is not null
            || route.Sample?.Contains("echo", StringComparison.Ordinal) == false
                && !route.Pattern.Contains("{model}", StringComparison.Ordinal) ? 404
        : route.Status;

    private static async Task<(int Status, string Body)> AskAsync(
        TallyServer server, GatewayRoute route, string key, string account)
    {
        var path = Name().Replace(route.Pattern, "echo");
        using var request = new HttpRequestMessage(new(route.Method), path);
        request.Headers.Authorization = new("Bearer", key);
        request.Headers.Add("Tally-Account", account);
        // The same for all: each account's keys are its own, and a replay is as good.
        if (route.Takes is not null) request.Headers.Add("Idempotency-Key", route.Name);
        if (route.Method == "POST")
            request.Content = new StringContent(route.Sample ?? "{}", Encoding.UTF8, "application/json");
        using var response = await server.Http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Makes something; the key that it has, if it has one.</summary>
    private static async Task<string> MakeAsync(TallyServer server, string path, object body, string? account = null)
    {
        if (account is not null)
            (await server.Http.PutAsJsonAsync($"/api/v1/accounts/{account}", new { })).EnsureSuccessStatusCode();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
        using var response = await server.Http.SendAsync(request);
        var made = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.True(response.IsSuccessStatusCode, made.ToJsonString());
        return (string?)(made["key"] ?? made["license_key"]) ?? "";
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Name();

    [GeneratedRegex("\"#/components/([^\"]+)\"")]
    private static partial Regex Reference();
}
