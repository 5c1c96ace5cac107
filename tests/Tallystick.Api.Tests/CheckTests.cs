using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>What a check says and what a charge is then told are the same.</summary>
public abstract class CheckTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : CheckTests(StoreKind.Memory);
    public sealed class OnSqlite() : CheckTests(StoreKind.Sqlite);

    [Theory]
    [InlineData("5", "{}", null)]
    [InlineData("40", "{}", null)]
    [InlineData("40.000001", "{}", "monthly_cap")]
    [InlineData("100.000001", "{}", "balance")]
    [InlineData("20", """{"team":"red"}""", null)]
    [InlineData("20.000001", """{"team":"red"}""", "budget:red")]
    [InlineData("41", """{"team":"red"}""", "monthly_cap")]
    public async Task A_check_looks_at_balance_cap_and_budgets_as_a_charge_does(
        string amount, string metadata, string? source)
    {
        (await Server.SendAsync("PUT", "~/accounts/acme", """{"monthly_cap":"50"}""")).Must(200);
        await GrantAsync("110");
        (await Server.SendAsync(
            "PUT", "~/budgets/red",
            """{"account_id":"acme","limit":"22","scope":{"team":"red"}}""")).Must(200);
        await ChargeAsync("8");
        await Server.PostAsync(
            "~/holds", """{"account_id":"acme","amount":"2","metadata":{"team":"red"}}""", NewKey());
        var body = $$"""{"account_id":"acme","amount":"{{amount}}","metadata":{{metadata}}}""";

        var check = (await Server.PostAsync("~/check", body)).Must(200);
        var affordable = metadata == "{}" ? "40.000000" : "20.000000";
        Assert.Equal((affordable, affordable), (check["affordable_amount"], check["limit_available"]));
        var most = body.Replace($"\"{amount}\"", $"\"{affordable}\"", StringComparison.Ordinal);
        Assert.Equal("true", (await Server.PostAsync("~/check", most))["allowed"]);
        var charge = await Server.PostAsync("~/charges", body, NewKey());
        Assert.Equal((source is null).ToString().ToLowerInvariant(), check["allowed"]);
        Assert.Equal(source ?? "", check["limit_source"]);
        Assert.Equal(source is null ? 201 : 402, charge.Status);
        Assert.Equal(source ?? "", charge["limit_source"]);
    }

    [Fact]
    public async Task The_tokens_that_are_affordable_pass_and_one_more_does_not()
    {
        (await Server.SendAsync(
            "PUT", "~/prices", """{"prices":[{"model":"m","rates":{"input":"1000","output":"3000"}}]}""",
            client: Server.Admin)).Must(200);
        (await Server.SendAsync("PUT", "~/accounts/acme", """{"monthly_cap":"7"}""")).Must(200);
        await GrantAsync("100");
        static string Asking(long tokens) => $$$"""
            {"account_id":"acme","usage":{"model":"m","input_tokens":1000,"output_tokens":{{{tokens}}}}}
            """;
        var check = (await Server.PostAsync("~/check", Asking(5_000))).Must(200);
        Assert.Equal(("monthly_cap", "2000"), (check["limit_source"], check["affordable_max_tokens"]));
        var refused = await Server.PostAsync("~/charges", Asking(2_001), NewKey());
        Assert.Equal("2000", refused.MustBe(402, "insufficient_credits")["affordable_max_tokens"]);
        (await Server.PostAsync("~/charges", Asking(2_000), NewKey())).Must(201);
    }
}
