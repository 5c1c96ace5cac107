using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>What a call is held for, and that nothing that changes while it runs changes what it costs.</summary>
public sealed class PinnedTermsTests
{
    /// <summary>A token for each byte of the request, and what providers put around it.</summary>
    private static readonly long InputBound = Spoken.Ask.Length + 1_025;

    [Fact]
    public async Task A_price_that_changes_during_a_call_is_for_the_next_one_G13()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Script = async context =>
        {
            if (server.Upstream.Requests.Count == 1)
                await server.PutPricesAsync(GatewayServer.Price(null, "*", ("input", 100), ("output", 200)));
            await context.Response.WriteAsJsonAsync(JsonElement.Parse(Spoken.Answer));
        };
        Assert.Equal("13.000000", (await AskAsync(server)).Headers["Tally-Cost"]);
        Assert.Equal("1300.000000", (await AskAsync(server)).Headers["Tally-Cost"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_account_suspended_during_a_call_pays_for_it_and_one_closed_has_what_was_held_G13(bool closes)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Script = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(Spoken.Stream[0]);
            await context.Response.Body.FlushAsync();
            await (closes ? server.CloseAsync() : server.SuspendAsync());
            foreach (var piece in Spoken.Stream[1..]) await context.Response.WriteAsync(piece);
        };
        var said = await server.PostAsync("/v1/chat/completions", Spoken.AskStream);
        Assert.Contains(Spoken.Stream[3], said.Body, StringComparison.Ordinal);
        await server.SettledAsync();
        // Closing gives back what is held, if it is told to: then there is nothing to take the call from.
        Assert.Equal(closes ? [] : [CreditAmount.FromCredits(13)], await server.CapturesAsync());
        Assert.Equal(403, (await AskAsync(server)).Status);
        Assert.Single(server.Upstream.Requests);
    }

    [Fact]
    public async Task Each_choice_is_held_for_and_without_a_bound_the_models_own_stands_G2()
    {
        await using var server = await GatewayServer.StartAsync(
            options: """{"models":{"small":{"output_tokens":100}}}""");
        server.Upstream.Says(200, Spoken.Answer);
        var three = Spoken.Ask.Replace("\"max_tokens\":10", "\"max_tokens\":10,\"n\":3", StringComparison.Ordinal);
        await server.PostAsync("/v1/chat/completions", three);
        const string Unbounded = """{"model":"small","messages":[]}""";
        await server.PostAsync("/v1/chat/completions", Unbounded);
        var both = Spoken.Ask.Replace(
            "\"max_tokens\":10", "\"max_tokens\":10,\"max_completion_tokens\":40", StringComparison.Ordinal);
        await server.PostAsync("/v1/chat/completions", both);
        Assert.Equal(
            [three.Length + 1_025 + (3 * 20), Unbounded.Length + 1_025 + 200, both.Length + 1_025 + 20],
            (await HoldsAsync(server)).Select(hold => (int)(hold.Micros / 1_000_000)));
    }

    [Fact]
    public async Task The_dearest_context_tier_that_can_be_reached_is_held_for_and_the_one_reached_charged_G14()
    {
        var price = GatewayServer.Price(null, "*", ("input", 1), ("output", 2));
        var dearer = GatewayServer.Price(null, "*", ("input", 10), ("output", 20)).Standard.Rates;
        await using var server = await GatewayServer.StartAsync(prices:
        [
            price with { Standard = new(price.Standard.Rates, [new ContextTier(500, Inclusive: false, dearer)]) },
        ]);
        server.Upstream.Says(200, Spoken.Answer);
        Assert.Equal("13.000000", (await AskAsync(server)).Headers["Tally-Cost"]);
        server.Upstream.Says(200, Spoken.Answer.Replace(":7,", ":501,", StringComparison.Ordinal));
        Assert.Equal("5070.000000", (await AskAsync(server)).Headers["Tally-Cost"]);
        Assert.All(
            await HoldsAsync(server), hold => Assert.Equal(CreditAmount.FromCredits((InputBound + 20) * 10), hold));
    }

    [Fact]
    public async Task What_a_client_says_of_costs_is_its_own_and_changes_nothing_G11_I31()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, Spoken.Answer);
        var ask = Spoken.Ask.Replace(
            "\"max_tokens\"", "\"user\":\"other\",\"metadata\":{\"cost\":\"0\"},\"max_tokens\"",
            StringComparison.Ordinal);
        var said = await server.PostAsync(
            "/v1/chat/completions", ask, ("Tally-Account", "other"), ("Tally-Cost", "0"), ("OpenAI-Project", "p"));
        Assert.Equal("13.000000", said.Headers["Tally-Cost"]);
        Assert.Equal([CreditAmount.FromCredits(13)], await server.CapturesAsync());
        var seen = server.Upstream.Requests.Single();
        Assert.DoesNotContain(seen.Headers.Keys, name => name.StartsWith("Tally", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("OpenAI-Project", seen.Headers.Keys);
    }

    private static Task<GatewayServer.Said> AskAsync(GatewayServer server) =>
        server.PostAsync("/v1/chat/completions", Spoken.Ask);

    private static async Task<IEnumerable<CreditAmount>> HoldsAsync(GatewayServer server) =>
        (await server.EntriesAsync()).Select(entry => entry.Entry.Body).OfType<EntryBody.HoldPlaced>()
            .Select(hold => hold.Amount);
}
