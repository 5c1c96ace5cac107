using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Routes;

/// <summary>
/// Tiers and caps as a client takes them, and sums at the end of 64 bits. Each test's books are verified.
/// </summary>
public abstract class TierRouteTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : TierRouteTests(StoreKind.Memory);
    public sealed class OnSqlite() : TierRouteTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : TierRouteTests(StoreKind.Postgres);

    private const string Most = "999999999999";

    [Fact]
    public async Task One_request_takes_a_tier_and_sets_a_cap_and_its_periods_are_the_tiers_I23()
    {
        const string Both = """{"tier":"starter","monthly_cap":"100"}""";
        (await Server.SendAsync("PUT", "~/accounts/new", Both)).Must(201);
        (await Server.SendAsync("PUT", "~/accounts/acme", Both, NewKey())).Must(200);
        (await Server.SendAsync("PUT", "~/accounts/capped", """{"monthly_cap":"100"}""")).Must(201);
        (await Server.SendAsync("PUT", "~/accounts/capped", Both)).Must(200);
        MoveTo(TimeSpan.FromDays(70));
        foreach (var account in new[] { "new", "acme", "capped" })
        {
            var balance = (await Server.GetAsync($"~/accounts/{account}/balance")).Must(200);
            Assert.Equal(("starter", "20.000000"), (balance["tier"], balance["available"]));
            await GrantAsync("1", account: account);
        }
    }

    [Theory]
    [InlineData("100", "50", "100")]
    [InlineData("100", "0", "100")]
    [InlineData("0", "50", "0")]
    public async Task Of_a_tier_that_is_put_again_at_the_same_instant_either_version_may_have_given_I23(
        string before, string after, string given)
    {
        await PutAsync(before);
        (await Server.SendAsync("PUT", "~/accounts/acme", """{"tier":"changing"}""")).Must(200);
        await PutAsync(after);
        await MustShowAsync(given);
        (await Server.SendAsync("PUT", "~/accounts/other", """{"tier":"changing","monthly_cap":"7"}""")).Must(201);
        Assert.Equal(Six(after), (await Server.GetAsync("~/accounts/other/balance"))["available"]);

        async Task PutAsync(string allowance) => (await Server.SendAsync(
            "PUT", "~/tiers/changing", $$"""{"allowance":"{{allowance}}"}""", client: Server.Admin)).Must(200);
    }

    [Fact]
    public async Task What_a_tier_gives_is_cut_where_64_bits_end_and_the_account_goes_on_I2()
    {
        (await Server.SendAsync(
            "PUT", "~/tiers/all", $$$"""{"allowance":"{{{Most}}}","rollover":{"share":"1","max_periods":99}}""",
            client: Server.Admin)).Must(200);
        (await Server.SendAsync("PUT", "~/accounts/acme", """{"tier":"all"}""")).Must(200);
        MoveTo(TimeSpan.FromDays(400));
        var rich = await BalanceAsync();
        Assert.Equal("9223372036854.775807", rich["available"]);
        (await ChargeAsync("5")).Must(201);
        (await Server.PostAsync("~/check", """{"account_id":"acme","amount":"1"}""")).Must(200);
        (await AskGrantAsync("6")).MustBe(422, "limit_exceeded");
        (await AskGrantAsync("5")).Must(201);
        Assert.Equal(rich["available"], (await BalanceAsync())["available"]);
    }

    [Fact]
    public async Task Grants_that_begin_together_beyond_64_bits_leave_an_account_that_goes_on_I2_I22()
    {
        var later = At(TimeSpan.FromDays(1));
        for (var i = 0; i < 12; i++) await GrantAsync(Most, $"\"effective_at\":\"{later}\"");
        MoveTo(TimeSpan.FromDays(2));
        Assert.Equal("9223372036854.775807", (await BalanceAsync())["available"]);
        (await ChargeAsync("5")).Must(201);
        await Books.MustHoldAsync(Server);
    }

    [Fact]
    public async Task An_overdraft_on_top_of_all_that_can_be_given_passes_what_there_is()
    {
        for (var i = 0; i < 9; i++) await GrantAsync(Most);
        (await Server.SendAsync("PUT", "~/accounts/acme", $$"""{"overdraft_limit":"{{Most}}"}""")).Must(200);
        var check = (await Server.PostAsync("~/check", """{"account_id":"acme","amount":"1"}""")).Must(200);
        Assert.Equal(("true", "9223372036854.775807"), (check["allowed"], check["available"]));
        (await ChargeAsync("1")).Must(201);
    }

    [Fact]
    public async Task What_returns_to_an_allowance_of_a_closed_account_expires_at_its_end_I21_I22()
    {
        (await Server.SendAsync("PUT", "~/accounts/acme", """{"tier":"starter"}""")).Must(200);
        var charge = (await ChargeAsync("20")).Must(201);
        (await Server.PostAsync("~/accounts/acme/close")).Must(200);
        (await RefundAsync(charge, "15")).Must(201);
        await MustShowAsync("15");
        MoveTo(TimeSpan.FromDays(31));
        await MustShowAsync("0");
        const string Prices = """{"prices":[{"model":"m","rates":{"input":"1000"}}]}""";
        (await Server.SendAsync("PUT", "~/prices", Prices, client: Server.Admin)).Must(200);
        const string Event = """{"id":"1","account_id":"acme","usage":{"model":"m","input_tokens":5000}}""";
        (await Server.PostAsync("~/usage/events", Event)).Must(200);
        await MustShowAsync("-5", debt: "5");
    }

    [Fact]
    public async Task In_debt_nothing_passes_not_even_what_costs_nothing()
    {
        const string Prices = """{"prices":[{"model":"free","rates":{"input":"0"}}]}""";
        (await Server.SendAsync("PUT", "~/prices", Prices, client: Server.Admin)).Must(200);
        const string Free = "\"usage\":{\"model\":\"free\",\"input_tokens\":1}";
        await PassesAsync(true);
        await GrantAsync("5");
        var hold = (await HoldAsync("5")).Must(201);
        (await CaptureAsync(hold, "6")).Must(200);
        await PassesAsync(false);
        await GrantAsync("1");
        await PassesAsync(true);

        async Task PassesAsync(bool passes)
        {
            var check = await Server.PostAsync("~/check", $$"""{"account_id":"acme",{{Free}}}""");
            Assert.Equal(passes ? ("true", "") : ("false", "balance"), (check["allowed"], check["limit_source"]));
            var charge = await Server.PostAsync("~/charges", $$"""{"account_id":"acme",{{Free}}}""", NewKey());
            if (passes) charge.Must(201); else charge.MustBe(402, "insufficient_credits");
        }
    }

    private Task<ApiReply> AskGrantAsync(string amount) =>
        Server.PostAsync("~/accounts/acme/grants", $$"""{"amount":"{{amount}}"}""", NewKey());
}
