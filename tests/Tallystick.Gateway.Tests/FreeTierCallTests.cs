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

    /// <summary>Of 5 tokens at 1 and 2 credits, 9 at 10 and 20, and 2 at 1 and 2: 8, 140 and 3 credits.</summary>
    [Theory]
    [InlineData(1, null, "*", 1, 16, 0)]
    [InlineData(null, 10, "*", 1, 10, 43)]
    [InlineData(null, 100, "small", 1, 7, 140)]
    public async Task What_several_models_made_is_free_as_far_as_the_free_tier_reaches(
        int? requests, int? tokens, string models, long requestsUsed, long tokensUsed, long cost)
    {
        await using var server = await GatewayServer.StartAsync(cost == 0 ? 0 : 1_000_000, prices:
        [
            GatewayServer.Price("anthropic", "small", ("input", 1), ("output", 2)),
            GatewayServer.Price("anthropic", "large", ("input", 10), ("output", 20)),
        ]);
        await server.TakeFreeTierAsync(new(requests, tokens, [models]));
        server.Upstream.Says(200, """
            {"content":[{"text":"x"}],"usage":{"input_tokens":1,"output_tokens":1,"iterations":[
              {"input_tokens":2,"output_tokens":3,"type":"message"},
              {"input_tokens":4,"output_tokens":5,"type":"advisor_message","model":"large"},
              {"input_tokens":1,"output_tokens":1,"type":"message"}]}}
            """);
        const string ask = """{"model":"small","max_tokens":99,"messages":[]}""";
        var said = await server.PostAsync("/v1/messages", ask);
        Assert.Equal((200, $"{cost}.000000"), (said.Status, said.Headers["Tally-Cost"]));
        var state = await server.SettledAsync();
        Assert.Equal((new FreeUse(requestsUsed, tokensUsed), default), (state.Membership!.FreeUsed, state.Owed));
        Assert.Equal(CreditAmount.FromCredits(151 - cost), state.Membership.FreeCredits);
        if (requests is not null) Assert.Equal(402, (await server.PostAsync("/v1/messages", ask)).Status);
    }

    [Fact]
    public async Task An_answer_with_something_that_has_no_price_uses_the_free_tier_like_any_other()
    {
        await using var server = await GatewayServer.StartAsync(credits: 0);
        await server.TakeFreeTierAsync(new(Requests: 1, Tokens: null, []));
        server.Upstream.Says(200, """
            {"content":[{"text":"x"}],
             "usage":{"input_tokens":2,"output_tokens":3,"server_tool_use":{"web_search_requests":2}}}
            """);
        const string ask = """{"model":"m","max_tokens":5,"messages":[]}""";
        Assert.Equal("0.000000", (await server.PostAsync("/v1/messages", ask)).Headers["Tally-Cost"]);
        var state = await server.SettledAsync();
        Assert.Equal((new FreeUse(1, 5), default), (state.Membership!.FreeUsed, state.Owed));
        Assert.Equal(402, (await server.PostAsync("/v1/messages", ask)).Status);
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
