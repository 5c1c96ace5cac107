using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Reports;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>What a holder can see of calls and credits afterwards.</summary>
public sealed class ReceiptTests
{
    [Fact]
    public async Task A_call_can_be_looked_up_by_each_of_its_ids()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, Spoken.Answer);
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        foreach (var header in (string[])["Tally-Charge-Id", "Tally-Hold-Id", "Tally-Transaction-Id"])
        {
            var data = (await server.GetAsync($"/v1/generation?id={said.Headers[header]}")).Json["data"]!;
            Assert.Equal((13m, "gpt-5", "openai"),
                ((decimal)data["total_cost"]!, (string?)data["model"], (string?)data["provider_name"]));
            Assert.Equal((7, 3), ((int)data["tokens_prompt"]!, (int)data["tokens_completion"]!));
            Assert.Equal(2, data["lines"]!.AsArray().Count);
        }
        Assert.Equal(404, (await server.GetAsync("/v1/generation?id=chg_none")).Status);
        Assert.Equal(404, (await server.GetAsync("/v1/generation")).Status);
        await server.OpenAsync("other", 10);
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", GatewayServer.KeyPrefix + "other");
        Assert.Equal(404, (await server.GetAsync($"/v1/generation?id={said.Headers["Tally-Charge-Id"]}")).Status);
    }

    [Fact]
    public async Task Credits_are_told_in_numbers_that_are_exact()
    {
        await using var server = await GatewayServer.StartAsync(credits: 2_000);
        server.Upstream.Says(200, Spoken.Answer);
        await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        var said = await server.GetAsync("/v1/credits");
        Assert.Equal(
            """{"data":{"total_credits":2000.000000,"total_usage":13.000000,"available":1987.000000}}""", said.Body);
        var key = (await server.GetAsync("/v1/key")).Json["data"]!;
        Assert.Equal((GatewayServer.Account, 1_987m), ((string?)key["label"], (decimal)key["limit_remaining"]!));
    }

    [Fact]
    public async Task A_call_counts_in_reports_under_what_its_own_metadata_says()
    {
        await using var server = await GatewayServer.StartAsync();
        await server.ReportByAsync("team");
        server.Upstream.Says(200, Spoken.Answer);
        var ask = """{"metadata":{"team":"red","other":"x"},""" + Spoken.Ask[1..];
        Assert.Equal(200, (await server.PostAsync("/v1/chat/completions", ask)).Status);
        foreach (var entry in (await server.EntriesAsync()).Where(
            entry => entry.Entry.Body is EntryBody.HoldPlaced or EntryBody.Captured))
            Assert.Equal([new Label("team", "red")], entry.Entry.Origin!.Labels);
    }

    [Fact]
    public async Task The_models_are_those_that_can_be_called()
    {
        await using var server = await GatewayServer.StartAsync(
            options: """{"models":{"fast":{"name":"gpt-5"},"unpriced":{"name":"gpt-4"}}}""",
            prices:
            [
                GatewayServer.Price("openai", "gpt-5", ("input", 1), ("output", 2)),
                GatewayServer.Price("elsewhere", "other", ("input", 1), ("output", 2)),
            ]);
        var models = (await server.GetAsync("/v1/models")).Json["data"]!.AsArray();
        Assert.Equal(["fast", "gpt-5"], models.Select(model => (string?)model!["id"]));
        Assert.Equal("model", (string?)(await server.GetAsync("/v1/models/fast")).Json["object"]);
        Assert.Equal(404, (await server.GetAsync("/v1/models/unpriced")).Status);
    }

    [Fact]
    public async Task No_secret_is_in_an_answer_or_in_the_journal()
    {
        const string Canary = "prompt-canary";
        await using var server = await GatewayServer.StartAsync();
        var ask = Spoken.Ask.Replace("Hi", Canary, StringComparison.Ordinal);
        foreach (var status in (int[])[200, 400, 401, 500])
        {
            server.Upstream.Says(status, $$"""{"error":"{{GatewayServer.UpstreamKey}}","choices":[]}""");
            Assert.DoesNotContain(
                GatewayServer.UpstreamKey, (await server.PostAsync("/v1/chat/completions", ask)).Body,
                StringComparison.Ordinal);
        }
        server.Upstream.Says(200, Spoken.Answer);
        await server.PostAsync("/v1/chat/completions", ask);
        foreach (var entry in await server.EntriesAsync())
        {
            var text = System.Text.Encoding.Latin1.GetString([.. entry.Bytes, .. entry.Text?.Content ?? []]);
            foreach (var secret in (string[])[GatewayServer.UpstreamKey, GatewayServer.HolderKey, Canary])
                Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        }
        Assert.Equal(CreditAmount.FromCredits(13), (await server.CapturesAsync())[^1]);
    }
}
