using System.Text.Json.Nodes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>Usage inside the free tier, from the estimate to the report.</summary>
public abstract class FreeTierTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : FreeTierTests(StoreKind.Memory);
    public sealed class OnSqlite() : FreeTierTests(StoreKind.Sqlite);
    public sealed class OnPostgres() : FreeTierTests(StoreKind.Postgres);

    private const string Usage = """{"model":"m","input_tokens":1000,"output_tokens":0}""";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await AdminAsync("PUT", "~/prices", """{"prices":[{"model":"m","rates":{"input":"1000","output":"5000"}}]}""");
        await AdminAsync("PUT", "~/tiers/free", """{"free_tier":{"requests":3,"tokens":2500}}""");
        (await Server.SendAsync("PUT", "~/accounts/acme", """{"tier":"free"}""")).Must(200);
        await GrantAsync("1");
    }

    [Fact]
    public async Task What_is_estimated_checked_charged_shown_and_reported_is_the_same()
    {
        var ask = $$"""{"account_id":"acme","usage":{{Usage}}}""";
        Assert.Equal("1.000000", (await Server.PostAsync("~/estimate", $$"""{"usage":{{Usage}}}"""))["total_cost"]);
        var estimate = (await Server.PostAsync("~/estimate", ask)).Must(200);
        var check = (await Server.PostAsync("~/check", ask)).Must(200);
        Assert.Equal(("true", "0.000000"), (check["allowed"], check["required"]));
        var charge = (await Server.PostAsync("~/charges", ask, "c1")).Must(201);
        Assert.Equal("0.000000", charge["amount"]);
        Assert.Equal(estimate.Body!["lines"]!.ToJsonString(), charge.Body!["cost"]!["lines"]!.ToJsonString());
        Assert.Equal(
            """
            [{"unit":"input_tokens","quantity":"1000","rate":"1000","per":1000000,"cost":"1","free_quantity":"1000"},
            {"unit":"free_tier","quantity":null,"rate":null,"per":null,"cost":"-1","free_quantity":null}]
            """.ReplaceLineEndings(""),
            charge.Body["cost"]!["lines"]!.ToJsonString());

        var recorded = await Server.PostAsync(
            "~/usage/events", $$"""{"id":"1","account_id":"acme","usage":{{Usage}}}""");
        Assert.Equal("0.000000", (string)recorded.Body!["results"]![0]!["amount"]!);
        await HasAsync("2.000000", used: (2, 2_000), left: (1, 500));

        var hold = (await Server.PostAsync("~/holds", ask, "h1")).Must(201);
        Assert.Equal("0.500000", hold["amount"]);
        const string reserved = """{"requests":1,"tokens":500}""";
        Assert.Equal(reserved, hold.Body!["free_tier_reserved"]!.ToJsonString());
        var held = (await Server.GetAsync($"~/holds/{hold.Id}")).Must(200);
        Assert.Equal(reserved, held.Body!["free_tier_reserved"]!.ToJsonString());
        await HasAsync("2.000000", used: (2, 2_000), left: (0, 0));
        (await Server.PostAsync("~/check", ask)).Must(200);
        (await Server.PostAsync($"~/holds/{hold.Id}/capture", $$"""{"usage":{{Usage}}}""")).Must(200);
        Assert.Null((await Server.GetAsync($"~/holds/{hold.Id}")).Must(200).Body!["free_tier_reserved"]);
        await HasAsync("2.500000", used: (3, 2_500), left: (0, 0));
        (await Server.PostAsync("~/charges", ask, "c2")).MustBe(402, "insufficient_credits");

        var summary = await Server.GetAsync("~/usage/summary?account_id=acme");
        Assert.Equal(
            ("3", "2", "1", "0.500000"),
            (summary["total_events"], summary["free_tier_events"], summary["paid_tier_events"], summary["total_cost"]));
        MoveTo(TimeSpan.FromDays(32));
        await HasAsync("0.000000", used: (0, 0), left: (3, 2_500));
        (await Server.PostAsync("~/charges", ask, "c2")).Must(201);
    }

    [Fact]
    public async Task A_replay_is_the_first_answer_and_a_refund_gives_back_credits_and_nothing_free()
    {
        var ask = """{"account_id":"acme","usage":{"model":"m","input_tokens":3000,"output_tokens":0}}""";
        var first = (await Server.PostAsync("~/charges", ask, "c1")).Must(201);
        Assert.Equal("0.500000", first["amount"]);
        Assert.Equal(first.Body!.ToJsonString(), (await Server.PostAsync("~/charges", ask, "c1")).Body!.ToJsonString());
        (await Server.PostAsync($"~/charges/{first.Id}/refund", "{}", "r1")).Must(201);
        await HasAsync("2.500000", used: (1, 2_500), left: (2, 0));
    }

    private async Task HasAsync(string saved, (long, long) used, (long, long) left)
    {
        var balance = (await Server.GetAsync("~/accounts/acme/balance")).Must(200);
        var key = await Server.SendAsync(
            "POST", "~/keys", """{"role":"account","account_id":"acme","name":"own"}""", NewKey(), Server.Admin);
        using var holder = new HttpClient
        {
            BaseAddress = Server.Http.BaseAddress,
            DefaultRequestHeaders = { Authorization = new("Bearer", key.Must(201)["key"]) },
        };
        var own = (await Server.SendAsync("GET", "~/credits/balance", client: holder)).Must(200);
        foreach (var shown in (JsonNode[])[balance.Body!, own.Body!])
        {
            var free = shown["free_tier"]!;
            Assert.Equal(saved, (string)shown["free_tier_used"]!);
            Assert.Equal(used, ((long)free["requests_used"]!, (long)free["tokens_used"]!));
            Assert.Equal(left, ((long)free["requests_left"]!, (long)free["tokens_left"]!));
        }
    }

    private async Task AdminAsync(string method, string path, string body) =>
        (await Server.SendAsync(method, path, body, client: Server.Admin)).Must(200);
}
