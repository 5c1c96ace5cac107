using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>
/// An account's free text is erased in the real program, and then searched for in everything that it keeps and says.
/// </summary>
public sealed class EraseTests(NodesFixture fixture)
{
    private const string Canary = "canary-of-free-text";

    [Fact]
    public async Task Of_erased_text_nothing_is_left_in_the_embedded_store_its_index_or_an_export()
    {
        using var server = await RunningServer.StartAsync();
        await WriteAsync(server);
        var before = await CommandAsync("export", "--data", server.Folder);
        Assert.Contains(Canary, before);
        Assert.Contains(Directory.EnumerateFiles(server.Folder, "tally.db*"), file => Holds(File.ReadAllBytes(file)));
        await EraseAsync(server);
        await server.StopAsync();

        foreach (var file in Directory.EnumerateFiles(server.Folder, "*", SearchOption.AllDirectories))
            Assert.False(Holds(await File.ReadAllBytesAsync(file)), file);
        Assert.DoesNotContain(Canary, await CommandAsync("export", "--data", server.Folder));
        Assert.Contains("The books hold", await CommandAsync("verify", "--data", server.Folder));
        var backup = Path.Combine(server.Folder, "backup");
        await CommandAsync("backup", "--data", server.Folder, backup);
        foreach (var file in Directory.EnumerateFiles(backup)) Assert.False(Holds(await File.ReadAllBytesAsync(file)));
    }

    [Fact]
    public async Task Of_erased_text_nothing_is_left_in_any_table_of_a_shared_store_on_any_node()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        var environment = new Dictionary<string, string>
        {
            ["TALLY_POSTGRES"] = database, ["TALLY_PEPPER"] = new('5', 64),
        };
        using var one = await RunningServer.StartAsync(null, environment);
        using var two = await RunningServer.StartAsync(null, environment);
        await WriteAsync(one);
        Assert.Contains(Canary, (await two.SendAsync("GET", "/api/v1/accounts/acme")).Body);
        Assert.Contains(Hex(Canary), fixture.Cluster.Dump(database));
        await EraseAsync(one);

        Assert.DoesNotContain(Hex(Canary), fixture.Cluster.Dump(database));
        foreach (var path in new[] { "/api/v1/accounts/acme", "/api/v1/accounts/acme/transactions?limit=1000" })
            Assert.DoesNotContain(Canary, (await two.SendAsync("GET", path)).Body);
        Assert.DoesNotContain(Canary, await CommandAsync("export", "--postgres", database));
        Books.Verify(database);
    }

    /// <summary>Enough that the index has been written, with text of every kind that there is.</summary>
    private static async Task WriteAsync(RunningServer server)
    {
        const string Text = $$$"""
            "description":"{{{Canary}}}","metadata":{"{{{Canary}}}":["{{{Canary}}}"]}
            """;
        await DoAsync(server, "PUT", "/api/v1/accounts/acme", $$$"""
            {"name":"{{{Canary}}}","email":"{{{Canary}}}@example.com","metadata":{"note":"{{{Canary}}}"}}
            """);
        await DoAsync(server, "POST", "/api/v1/accounts/acme/grants", $$"""{"amount":"1000",{{Text}}}""");
        var spend = $$"""{"account_id":"acme","amount":"0.1",{{Text}}}""";
        for (var i = 0; i < 50; i++)
        {
            var charge = await DoAsync(server, "POST", "/api/v1/charges", spend);
            await DoAsync(
                server, "POST", $"/api/v1/charges/{charge["id"]}/refund", $$"""{"reason":"{{Canary}}"}""");
            await DoAsync(server, "PUT", "/api/v1/accounts/acme", $$"""{"name":"{{Canary}} {{i}}"}""");
        }
        await DoAsync(server, "POST", "/api/v1/holds", spend);
        await DoAsync(server, "POST", "/api/v1/usage/events", $$$"""
            {"id":"e","account_id":"acme","usage":{"model":"echo","input_tokens":1},
            "metadata":{"{{{Canary}}}":["{{{Canary}}}"]}}
            """);
        using var call = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(
                $$"""{"model":"echo","messages":[{"role":"user","content":"{{Canary}}"}],"max_tokens":9}""",
                Encoding.UTF8, "application/json"),
        };
        call.Headers.Add("Tally-Account", "acme");
        call.Headers.Add("Idempotency-Key", "call");
        using var answer = await server.Http.SendAsync(call);
        Assert.Contains(Canary, await answer.Content.ReadAsStringAsync());
    }

    private static async Task EraseAsync(RunningServer server)
    {
        var erased = await DoAsync(server, "POST", "/api/v1/accounts/acme/erase", "{}");
        Assert.Equal("acme", (string)erased["account_id"]!);
    }

    private static async Task<JsonNode> DoAsync(RunningServer server, string method, string path, string body)
    {
        var (status, text, _) = await server.SendAsync(method, path, body, Guid.NewGuid().ToString());
        Assert.True(status is 200 or 201, $"{path}: {status} {text}");
        return JsonNode.Parse(text)!;
    }

    private static async Task<string> CommandAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "tally"), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return await output;
    }

    private static bool Holds(byte[] bytes) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Canary)) >= 0;

    /// <summary>As a dump writes bytes.</summary>
    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
}
