using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Engine.Ports;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Dialects.OpenAi;
using Tallystick.Gateway.Upstreams;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>Upstreams that fail: what the client hears, and that what came to nothing costs nothing.</summary>
public sealed class FailureTests
{
    [Theory]
    [InlineData(400, 400)]
    [InlineData(401, 502)]
    [InlineData(403, 502)]
    [InlineData(404, 404)]
    [InlineData(408, 504)]
    [InlineData(409, 409)]
    [InlineData(413, 413)]
    [InlineData(418, 502)]
    [InlineData(422, 422)]
    [InlineData(429, 429)]
    [InlineData(500, 502)]
    [InlineData(502, 502)]
    [InlineData(503, 502)]
    [InlineData(504, 504)]
    [InlineData(529, 502)]
    [InlineData(302, 502)]
    public async Task A_status_of_an_upstream_becomes_one_that_the_client_can_act_on_G6(int upstream, int status)
    {
        await using var server = await GatewayServer.StartAsync();
        var body = $$$"""{"error":{"message":"no, {{{GatewayServer.UpstreamKey}}}","code":"its_own"}}""";
        server.Upstream.Script = async context =>
        {
            context.Response.StatusCode = upstream;
            context.Response.ContentType = "application/json";
            context.Response.Headers.Location = "http://127.0.0.1:1/";
            context.Response.Headers.RetryAfter = "7";
            await context.Response.WriteAsync(body);
        };
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        Assert.Equal(status, said.Status);
        Assert.DoesNotContain("canary", said.Body, StringComparison.Ordinal);
        var code = upstream is 400 or 404 or 409 or 413 or 422 ? "its_own"
            : status switch { 429 => "rate_limited", 504 => "upstream_timeout", _ => "upstream_error" };
        Assert.Equal(code, (string?)said.Json["error"]!["code"]);
        Assert.Equal(status == 429 ? "7" : null, said.Headers.GetValueOrDefault("Retry-After"));
        Assert.Single(server.Upstream.Requests);
        Assert.Empty(await server.CapturesAsync());
        Assert.Equal(CreditAmount.FromCredits(1_000_000), (await server.SettledAsync()).Available);
        Assert.IsType<EntryBody.Released>((await server.EntriesAsync())[^1].Entry.Body);
    }

    [Fact]
    public async Task A_provider_s_wait_is_told_also_where_it_names_a_date()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Script = context =>
        {
            var date = TimeProvider.System.GetUtcNow().AddSeconds(90);
            context.Response.Headers.RetryAfter = date.ToString("R", CultureInfo.InvariantCulture);
            return Behaviour.Status(429)(context);
        };
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        Assert.InRange(int.Parse(said.Headers["Retry-After"], CultureInfo.InvariantCulture), 60, 90);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task An_upstream_that_sends_the_call_elsewhere_is_502_and_nobody_else_hears_of_it_Q11(int status)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Script = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = server.Upstream.Url + "/elsewhere";
            return Task.CompletedTask;
        };
        Assert.Equal(502, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        Assert.Single(server.Upstream.Requests);
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_is_502_and_one_that_is_silent_504_G6_G7()
    {
        await using var server = await GatewayServer.StartAsync(options: """{"timeouts":{"first_byte_seconds":1}}""");
        server.Upstream.Script = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        Assert.Equal(504, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        await server.Upstream.DisposeAsync();
        Assert.Equal(502, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        Assert.Empty(await server.CapturesAsync());
        Assert.Empty((await server.SettledAsync()).Holds);
    }

    [Fact]
    public async Task What_fails_before_it_answers_is_tried_again_and_every_try_is_recorded_G9_I30()
    {
        await using var server = await GatewayServer.StartAsync(options: """{"attempts":3}""");
        var tries = 0;
        server.Upstream.Script = context =>
        {
            if (++tries == 3) return context.Response.WriteAsJsonAsync(Parsed(Spoken.Answer));
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        Assert.Equal((200, "13.000000"), (said.Status, said.Headers["Tally-Cost"]));
        var attempts = GatewayServer.Metadata((await server.EntriesAsync())[^1])["attempts"]!.AsArray();
        Assert.Equal([503, 503, 200], attempts.Select(attempt => (int)attempt!["status"]!));
        Assert.Single(await server.CapturesAsync());
    }

    [Fact]
    public async Task A_fallback_is_held_for_from_the_start_and_charged_at_its_own_price_G9()
    {
        await using var server = await GatewayServer.StartAsync(
            options: """{"models":{"gpt-5":{"fallbacks":["dear/gpt-6"]}}}""",
            prices:
            [
                GatewayServer.Price("openai", "gpt-5", ("input", 1), ("output", 2)),
                GatewayServer.Price("dear", "gpt-6", ("input", 10), ("output", 20)),
            ]);
        await server.PutUpstreamAsync("dear", "openai");
        server.Upstream.Script = context =>
        {
            if (context.Request.Path.StartsWithSegments("/dear"))
                return context.Response.WriteAsJsonAsync(Parsed(Spoken.Answer));
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        Assert.Equal("130.000000", said.Headers["Tally-Cost"]);
        var bodies = (await server.EntriesAsync()).Select(entry => entry.Entry.Body);
        var hold = bodies.OfType<EntryBody.HoldPlaced>().Single();
        Assert.Equal(CreditAmount.FromCredits((Spoken.Ask.Length + 1_025 + 20) * 10), hold.Amount);
        Assert.Equal("gpt-6", (string?)GatewayServer.Metadata((await server.EntriesAsync())[^1])["upstream_model"]);
    }

    [Fact]
    public async Task A_fallback_beyond_the_balance_is_left_out_G9()
    {
        await using var server = await GatewayServer.StartAsync(
            credits: (Spoken.Ask.Length + 1_045) * 2,
            options: """{"models":{"gpt-5":{"fallbacks":["dear/gpt-6"]}}}""",
            prices:
            [
                GatewayServer.Price("openai", "gpt-5", ("input", 1), ("output", 2)),
                GatewayServer.Price("dear", "gpt-6", ("input", 10), ("output", 20)),
            ]);
        await server.PutUpstreamAsync("dear", "openai");
        server.Upstream.Says(500, "{}");
        Assert.Equal(502, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        Assert.Equal("/openai/chat/completions", server.Upstream.Requests.Single().Path);
    }

    [Fact]
    public async Task A_store_that_is_away_is_503_and_nothing_goes_upstream_G1()
    {
        var store = new MemoryStore();
        await using var server = await GatewayServer.StartAsync(store: store);
        Fail(store, times: 1);
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        Assert.Equal((503, "store_unavailable"), (said.Status, (string?)said.Json["error"]!["code"]));
        Assert.Empty(server.Upstream.Requests);
    }

    [Fact]
    public async Task A_store_that_goes_away_during_a_call_is_waited_for_and_the_call_charged_once()
    {
        var store = new MemoryStore();
        await using var server = await GatewayServer.StartAsync(store: store);
        server.Upstream.Script = context =>
        {
            Fail(store, times: 3);
            return context.Response.WriteAsJsonAsync(Parsed(Spoken.Answer));
        };
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        Assert.Equal((200, "13.000000"), (said.Status, said.Headers["Tally-Cost"]));
        Assert.Equal([CreditAmount.FromCredits(13)], await server.CapturesAsync());
    }

    [Fact]
    public async Task An_upstream_on_this_host_is_not_connected_to_unless_the_operator_says_so()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new UpstreamClient(new(allowsPrivate: false), TimeProvider.System);
        var upstream = new UpstreamConfig
        {
            Name = "x", Provider = "x", Family = ProviderFamily.OpenAi,
            BaseUrl = new($"http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}"),
        };
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(
            new(upstream, "m", null), new ChatDialect(), new(Encoding.UTF8.GetBytes("{}")),
            new() { ContentType = "application/json" }, default));
        Assert.False(listener.Pending());
    }

    private static void Fail(MemoryStore store, int times) => store.BeforeCommit = _ =>
        times-- > 0 ? throw new StoreUnavailableException("away") : new([]);

    private static JsonElement Parsed(string json) => JsonElement.Parse(json);
}
