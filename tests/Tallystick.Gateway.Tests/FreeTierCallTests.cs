using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>Calls inside the free tier of an account: held for, metered and recorded, and not charged.</summary>
public sealed class FreeTierCallTests
{
    [Fact]
    public async Task Without_a_credit_as_many_calls_go_as_the_free_tier_has_and_the_next_is_402()
    {
        await using var server = await GatewayServer.StartAsync(credits: 0);
        await server.TakeFreeTierAsync(new(Requests: 2, Tokens: null, ["gpt-*"]));
        server.Upstream.Says(200, Spoken.Answer);
        for (var i = 0; i < 2; i++)
        {
            var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
            Assert.Equal((200, "0.000000"), (said.Status, said.Headers["Tally-Cost"]));
        }
        Assert.Equal(402, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        var state = await server.SettledAsync();
        Assert.Equal((new FreeUse(2, 20), default), (state.Membership!.FreeUsed, state.Owed));
        Assert.Equal(CreditAmount.FromCredits(26), state.Membership.FreeCredits);
    }

    [Fact]
    public async Task Sixty_four_at_once_are_as_many_as_the_free_tier_has_G1()
    {
        await using var server = await GatewayServer.StartAsync(credits: 0);
        await server.TakeFreeTierAsync(new(Requests: 3, Tokens: null, []));
        server.Upstream.Says(200, Spoken.Answer);
        var said = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(_ => server.PostAsync("/v1/chat/completions", Spoken.Ask)));
        Assert.Equal(3, said.Count(one => one.Status == 200));
        Assert.All(said.Where(one => one.Status != 200), one => Assert.Equal(402, one.Status));
        var state = await server.SettledAsync();
        Assert.Equal((new FreeUse(3, 30), default), (state.Membership!.FreeUsed, state.Owed));
    }

    [Fact]
    public async Task A_call_beyond_the_tokens_is_held_for_less_and_pays_for_what_is_beyond()
    {
        await using var server = await GatewayServer.StartAsync(credits: 5_000);
        await server.TakeFreeTierAsync(new(Requests: null, Tokens: 15, []));
        server.Upstream.Says(200, Spoken.Answer);
        var first = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        Assert.Equal("0.000000", first.Headers["Tally-Cost"]);
        var second = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        Assert.Equal("5.000000", second.Headers["Tally-Cost"]);
        var third = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        Assert.Equal("13.000000", third.Headers["Tally-Cost"]);

        var holds = (await server.EntriesAsync()).Select(entry => entry.Entry.Body)
            .OfType<EntryBody.HoldPlaced>().ToList();
        Assert.Equal([15L, 5L, null], holds.Select(hold => hold.Free?.Use.Tokens));
        Assert.True(holds[0].Amount < holds[1].Amount && holds[1].Amount < holds[2].Amount);
    }

    [Fact]
    public async Task A_failed_call_uses_nothing_and_another_model_has_none()
    {
        await using var server = await GatewayServer.StartAsync();
        await server.TakeFreeTierAsync(new(Requests: 1, Tokens: null, ["gpt-5"]));
        server.Upstream.Says(500, "{}");
        Assert.Equal(502, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        server.Upstream.Says(200, Spoken.Answer);
        var other = Spoken.Ask.Replace("gpt-5", "openai/gpt-4", StringComparison.Ordinal);
        Assert.Equal("13.000000", (await server.PostAsync("/v1/chat/completions", other)).Headers["Tally-Cost"]);
        Assert.Equal("0.000000", (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Headers["Tally-Cost"]);
        Assert.Equal("13.000000", (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Headers["Tally-Cost"]);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_is_free_as_far_as_the_free_tier_reaches()
    {
        await using var server = await GatewayServer.StartAsync(credits: 0);
        await server.TakeFreeTierAsync(new(Requests: 1, Tokens: null, []));
        server.Upstream.Streams(Spoken.Stream[..2]);
        await server.PostAsync("/v1/chat/completions", Spoken.AskStream);
        var state = await server.SettledAsync();
        Assert.Equal((1L, default), (state.Membership!.FreeUsed.Requests, state.Owed));
    }
}
