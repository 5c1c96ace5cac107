using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Tallystick.Server.Logging;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Observability.Tests;

/// <summary>What the real server writes into its log.</summary>
public sealed class LogTests
{
    /// <summary>Tiers that a fresh project has.</summary>
    private const int StandardTiers = 4;

    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string TraceParent = $"00-{TraceId}-00f067aa0ba902b7-00";

    [Fact]
    public async Task One_trace_id_is_in_header_steps_and_journal_while_an_account_is_watched()
    {
        using var server = await StartAsync();
        Assert.Equal(200, (await server.SendAsync("PUT", "/api/v1/watches/acme", """{"account_id":"acme"}""")).Status);
        var charge = await server.SendAsync(
            "POST", "/api/v1/charges", """{"account_id":"acme","amount":"2.5"}""", "c", TraceParent);
        var elsewhere = await server.SendAsync("POST", "/api/v1/charges", """{"account_id":"other","amount":1}""", "o");
        var transaction = JsonNode.Parse((await server.SendAsync(
            "GET", $"/api/v1/transactions/{JsonNode.Parse(charge.Body)!["transaction_id"]}")).Body)!;
        await server.StopAsync();

        Assert.Equal(TraceId, Assert.Single(charge.Raw.Headers.GetValues("Trace-Id")));
        Assert.Equal(TraceId, (string)transaction["transaction"]!["trace_id"]!);
        var steps = EventsOf(server).Where(line => (string?)line["trace_id"] == TraceId).ToList();
        Assert.Equal(
            ["step_received", "step_queued", "step_decided", "step_committed", "step_sent"],
            steps.Select(line => (string)line["event"]!));
        var decided = steps[2];
        Assert.Equal(("acme", "97.500000"), ((string)decided["account_id"]!, (string)decided["available"]!));
        Assert.StartsWith("spend 2.500000 of grt_", (string)decided["split"]!, StringComparison.Ordinal);
        var quiet = Assert.Single(elsewhere.Raw.Headers.GetValues("Trace-Id"));
        Assert.DoesNotContain(EventsOf(server), line => (string?)line["trace_id"] == quiet);
    }

    [Fact]
    public async Task A_watch_ends_when_it_is_told_to_and_by_itself()
    {
        using var server = await StartAsync();
        await server.SendAsync("PUT", "/api/v1/watches/all", """{"expires_in":1}""");
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        await server.SendAsync("PUT", "/api/v1/watches/mine", """{"expires_in":60}""");
        Assert.DoesNotContain("all", (await server.SendAsync("GET", "/api/v1/watches")).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await server.SendAsync("DELETE", "/api/v1/watches/mine")).Status);
        Assert.Equal(404, (await server.SendAsync("DELETE", "/api/v1/watches/mine")).Status);
        var (_, _, charge) = await server.SendAsync(
            "POST", "/api/v1/charges", """{"account_id":"acme","amount":1}""", "c");
        await server.StopAsync();

        var trace = Assert.Single(charge.Headers.GetValues("Trace-Id"));
        Assert.DoesNotContain(EventsOf(server), line => (string?)line["trace_id"] == trace);
    }

    [Fact]
    public async Task At_the_default_level_a_busy_server_logs_batches_and_nothing_else()
    {
        using var server = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => server.SendAsync(
            "POST", "/api/v1/charges", """{"account_id":"acme","amount":1}""", $"c{i}")));
        await server.StopAsync();

        var events = EventsOf(server);
        Assert.All(events, line => Assert.Equal("batch_committed", (string)line["event"]!));
        Assert.InRange(events.Count, 5, 5 + 64);
        // Beside the charges: a project with its tiers, its prices, its keys, an account and a grant.
        Assert.Equal(64 + 6 + StandardTiers, events.Sum(line => (int)line["entries"]!));
    }

    [Fact]
    public async Task Neither_the_key_nor_free_text_is_ever_logged()
    {
        using var server = await StartAsync();
        await server.SendAsync("PUT", "/api/v1/watches/all", "{}");
        const string Body =
            """{"account_id":"acme","amount":1,"description":"canary-text","metadata":{"a":"canary-meta"}}""";
        Assert.Equal(201, (await server.SendAsync("POST", "/api/v1/charges", Body, "c")).Status);
        await server.SendAsync("POST", "/api/v1/charges", """{"account_id":"canary-text\u0000"}""", "d");
        await server.StopAsync();

        Assert.Contains(server.Log, line => line.Contains("step_decided", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Log, line => line.Contains("canary", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Log, line => line.Contains(RunningServer.AdminKey, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("\r\n{\"level\":\"info\",\"message\":\"forged\"}")]
    [InlineData("\u001b[31mred\u001b[0m")]
    [InlineData("\u2028 a quote \" a backslash \\")]
    public void Nothing_that_is_logged_can_forge_a_line_N7(string text)
    {
        var line = new LogLine(
            DateTimeOffset.UnixEpoch, LogLevel.Information, "event", "source", text, [new("Field", text)], null);
        var json = Text(line.ToJson());
        var plain = Text(line.ToText());

        Assert.DoesNotContain(json, char.IsControl);
        Assert.Equal(text, (string)JsonNode.Parse(json)!["message"]!);
        Assert.Equal(text, (string)JsonNode.Parse(json)!["field"]!);
        Assert.DoesNotContain(plain, char.IsControl);
    }

    [Fact]
    public void A_log_that_nobody_reads_loses_lines_and_says_so()
    {
        using var gate = new ManualResetEventSlim();
        using var target = new SlowStream(gate);
        using (var writer = new LineWriter(target, lost => [.. System.Text.Encoding.ASCII.GetBytes($"lost {lost}\n")]))
        {
            for (var i = 0; i < 50_000; i++) writer.Write("a line\n"u8.ToArray());
            gate.Set();
        }
        var written = Text(target.ToArray()).Split('\n');
        var lost = written.Where(line => line.StartsWith("lost ", StringComparison.Ordinal))
            .Sum(line => int.Parse(line[5..]));
        Assert.Equal(50_000, lost + written.Count(line => line == "a line"));
        Assert.True(lost > 0);
    }

    private static async Task<RunningServer> StartAsync()
    {
        var server = await RunningServer.StartAsync();
        foreach (var account in (string[])["acme", "other"])
            await server.SendAsync("PUT", $"/api/v1/accounts/{account}");
        await server.SendAsync("POST", "/api/v1/accounts/acme/grants", """{"amount":100}""", "grant");
        return server;
    }

    private static List<JsonObject> EventsOf(RunningServer server) =>
        [.. server.Log.Select(line => JsonSerializer.Deserialize<JsonObject>(line)!)];

    private static string Text(byte[] line) => System.Text.Encoding.UTF8.GetString(line).TrimEnd('\n');

    private sealed class SlowStream(ManualResetEventSlim gate) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            gate.Wait();
            base.Write(buffer, offset, count);
        }
    }
}
