using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tallystick.Server.Tests.Crashes;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>What one project has put, another cannot call.</summary>
public sealed class GatewayProjectTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tally-gateway-projects-").FullName;

    [Fact]
    public async Task Another_projects_upstreams_and_aliases_lead_nowhere_G10()
    {
        await using var server = await TallyServer.StartAsync(_folder);
        var made = await AskAsync(HttpMethod.Post, "/api/v1/projects", new { name = "second" });
        await AskAsync(HttpMethod.Put, "/api/v1/upstreams/mine", new
        {
            kind = "openai", base_url = "https://llm.example.com/v1", key = "sk-1", provider = "mine",
            models = new { alias = new { name = "m" } },
        });
        await AskAsync(HttpMethod.Put, "/api/v1/prices", new
        {
            prices = new[] { new { provider = "mine", model = "m", rates = new { input = "1", output = "2" } } },
        });
        Assert.Equal(["alias", "echo", "m"], await ModelsAsync());
        // With no credits a model that there is would be 402.
        foreach (var (model, status) in new[] { ("alias", 402), ("mine/m", 402), ("nothing", 404) })
            Assert.Equal(status, await CallAsync(model));

        server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)made["key"]!);
        Assert.Equal(["echo"], await ModelsAsync());
        foreach (var model in (string[])["alias", "mine/m", "m", "default/alias", "../alias"])
            Assert.Equal(404, await CallAsync(model));

        async Task<IEnumerable<string>> ModelsAsync()
        {
            await AskAsync(HttpMethod.Put, "/api/v1/accounts/acme", new { });
            var list = await AskAsync(HttpMethod.Get, "/v1/models", null);
            return list["data"]!.AsArray().Select(model => (string)model!["id"]!);
        }

        async Task<int> CallAsync(string model)
        {
            var (status, _) = await SendAsync(
                server, HttpMethod.Post, "/v1/chat/completions", new { model, messages = Array.Empty<int>() });
            return status;
        }

        async Task<JsonNode> AskAsync(HttpMethod method, string path, object? body)
        {
            var (status, answer) = await SendAsync(server, method, path, body);
            return status is 200 or 201 ? answer : throw new InvalidOperationException($"{path}: {status} {answer}");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<(int Status, JsonNode Body)> SendAsync(
        TallyServer server, HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { "Tally-Account", "acme" } } };
        if (path.EndsWith("/projects", StringComparison.Ordinal)) request.Headers.Add("Idempotency-Key", "second");
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await server.Http.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }
}
