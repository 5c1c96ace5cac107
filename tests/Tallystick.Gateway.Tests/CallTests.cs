using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>Calls from end to end: held, forwarded, metered and settled.</summary>
public sealed class CallTests
{
    [Fact]
    public async Task A_call_is_held_for_forwarded_and_charged_by_its_usage()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, Spoken.Answer);
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        Assert.Equal((200, Spoken.Answer), (said.Status, said.Body));
        Assert.Equal("13.000000", said.Headers["Tally-Cost"]);
        Assert.Equal("999987.000000", said.Headers["Tally-Balance-After"]);

        var entries = await server.EntriesAsync();
        var hold = Assert.IsType<EntryBody.HoldPlaced>(entries[^2].Entry.Body);
        var capture = Assert.IsType<EntryBody.Captured>(entries[^1].Entry.Body);
        // A token for each byte and what providers add, at 1; ten tokens of answer at 2.
        Assert.Equal(CreditAmount.FromCredits(Spoken.Ask.Length + 1_024 + 1 + 20), hold.Amount);
        Assert.Equal(CreditAmount.FromCredits(13), capture.Amount);
        var chargeId = ThingId.Format(ThingId.Charge, entries[^1].Entry.Chain, entries[^1].Entry.Number);
        Assert.Equal(chargeId, said.Headers["Tally-Charge-Id"]);
        var record = GatewayServer.Metadata(entries[^1]);
        Assert.Equal("openai", (string?)record["provider"]);
        Assert.False((bool)record["estimated"]!);
        Assert.Equal(7, (int)record["raw_usage"]!["prompt_tokens"]!);
        Assert.Empty((await server.StateAsync()).Holds);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_longer_than_its_hold_keeps_it_also_while_nothing_comes(bool hasBegun)
    {
        var clock = LedgerClock.Test(Instant.From(TimeProvider.System.GetUtcNow()));
        await using var server = await GatewayServer.StartAsync(
            options: """{"timeouts":{"first_byte_seconds":30,"idle_seconds":30}}""", clock: clock);
        var (arrived, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Upstream.Script = async context =>
        {
            if (hasBegun) await Behaviour.Stream(Spoken.Stream[0])(context);
            arrived.SetResult();
            await go.Task;
            await Behaviour.Stream(Spoken.Stream[(hasBegun ? 1 : 0)..])(context);
        };
        var calling = server.PostAsync("/v1/chat/completions", Spoken.AskStream);
        await arrived.Task;
        for (var minutes = 11; minutes <= 33; minutes += 11)
        {
            var extended = (await server.StateAsync()).Holds.Single().ExpiresAt;
            await server.Ledger.AdvanceAsync(clock.Now.Plus(Duration.FromSeconds(11 * 60)), default);
            for (var i = 0; i < 500 && (await server.StateAsync()).Holds.Single().ExpiresAt == extended; i++)
                await Task.Delay(20);
        }
        go.SetResult();
        Assert.Equal(200, (await calling).Status);
        Assert.Equal([CreditAmount.FromCredits(13)], await server.CapturesAsync());
    }

    [Fact]
    public async Task The_providers_key_goes_up_and_the_holders_does_not()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, Spoken.Answer);
        await server.PostAsync("/v1/chat/completions", Spoken.Ask, ("X-Custom", "1"), ("Cookie", "a=b"));
        Assert.True(server.Upstream.Requests.TryDequeue(out var seen));
        Assert.Equal("/openai/chat/completions", seen.Path);
        Assert.Equal($"Bearer {GatewayServer.UpstreamKey}", seen.Headers["Authorization"]);
        Assert.Equal(Spoken.Ask, seen.Body);
        Assert.DoesNotContain(
            seen.Headers, header => header.Value.Contains(GatewayServer.KeyPrefix, StringComparison.Ordinal));
        Assert.DoesNotContain("X-Custom", seen.Headers.Keys);
        Assert.DoesNotContain("Cookie", seen.Headers.Keys);
    }

    [Fact]
    public async Task An_upstream_that_refuses_to_be_asked_for_usage_is_not_asked_and_charged_by_what_it_tells()
    {
        await using var server = await GatewayServer.StartAsync(options: """{"asks_for_usage":false}""");
        server.Upstream.Streams(
            Spoken.Stream[0],
            Spoken.Stream[2].Replace("[]", """[{"finish_reason":"stop"}]""", StringComparison.Ordinal),
            Spoken.Stream[3]);
        var said = await server.PostAsync("/v1/chat/completions", Spoken.AskStream);
        Assert.Equal(200, said.Status);
        Assert.Equal([CreditAmount.FromCredits(13)], await server.CapturesAsync());
        Assert.Equal(Spoken.AskStream, server.Upstream.Requests.Single().Body);
    }

    [Fact]
    public async Task A_stream_passes_through_without_the_event_that_nobody_asked_for_G3()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Streams(Spoken.Stream);
        var said = await server.PostAsync("/v1/chat/completions", Spoken.AskStream);
        var passed = Spoken.Stream[0] + Spoken.Stream[1] + Spoken.Stream[3];
        Assert.StartsWith(passed + ": {", said.Body, StringComparison.Ordinal);
        Assert.Contains("\"Tally-Cost\":\"13.000000\"", said.Body, StringComparison.Ordinal);
        Assert.Equal([CreditAmount.FromCredits(13)], await server.CapturesAsync());
        Assert.Contains(
            "\"stream_options\":{\"include_usage\":true}", server.Upstream.Requests.Single().Body,
            StringComparison.Ordinal);
    }
}
