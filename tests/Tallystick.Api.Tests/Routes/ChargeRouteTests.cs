using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Routes;

/// <summary>Charges and refunds over HTTP: the split is the charge, and a refund walks it backwards.</summary>
public abstract class ChargeRouteTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : ChargeRouteTests(StoreKind.Memory);
    public sealed class OnSqlite() : ChargeRouteTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : ChargeRouteTests(StoreKind.Postgres);

    [Fact]
    public async Task A_charge_burns_in_order_and_a_refund_returns_the_last_first_I18_I19_I20()
    {
        await GrantAsync("3", "a", 1);
        await GrantAsync("3", "b", 2);
        await GrantAsync("3", "c", 3);
        var charge = (await ChargeAsync("8", more: "\"reference_id\":\"r-1\"")).Must(201);
        Assert.Equal(["a 3.000000", "b 3.000000", "c 2.000000"], charge.Legs);
        Assert.Equal(("9.000000", "1.000000", "1.000000", "r-1"),
            (charge["balance_before"], charge["balance_after"], charge["available_after"], charge["reference_id"]));

        Assert.Equal(["c 2.000000", "b 1.000000"], (await RefundAsync(charge, "3")).Must(201).Legs);
        Assert.Equal(["b 2.000000", "a 1.500000"], (await RefundAsync(charge, "3.5")).Must(201).Legs);
        var now = await Server.GetAsync($"~/charges/{charge.Id}");
        Assert.Equal(("8.000000", "6.500000", "1.500000"), (now["amount"], now["refunded"], now["refundable"]));
        Assert.Equal("1.500000", (await RefundAsync(charge, "1.500001")).MustBe(409, "already_refunded")["refundable"]);
        Assert.Equal(["a 1.500000"], (await RefundAsync(charge)).Must(201).Legs);
        Assert.Equal("0.000000", (await RefundAsync(charge)).MustBe(409, "already_refunded")["refundable"]);
        Assert.Equal(["a 3.000000", "b 3.000000", "c 3.000000"], await BucketsAsync());
    }

    [Fact]
    public async Task A_refund_of_an_expired_source_comes_back_as_its_own_grant_with_grace_I20()
    {
        await GrantAsync("5", $"""
            "bucket":"monthly","priority":7,"kind":"promotional","cost_basis":"free",
            "expires_at":"{At(TimeSpan.FromDays(1))}"
            """);
        await GrantAsync("5", "addon", 100);
        var charge = await ChargeAsync("7");
        MoveTo(TimeSpan.FromDays(2));

        var refund = (await RefundAsync(charge)).Must(201);
        Assert.Equal(["addon 2.000000", "monthly 5.000000"], refund.Legs);
        var anew = (string)refund.Body!["breakdown"]![1]!["grant_id"]!;
        var grant = (await Server.GetAsync($"~/grants/{anew}")).Must(200);
        Assert.Equal(("refund", "monthly", "7", "free", "5.000000", "2026-01-10T00:00:00Z"),
            (grant["kind"], grant["bucket"], grant["priority"], grant["cost_basis"], grant["remaining"],
                grant["expires_at"]));
        await MustShowAsync("10");
        MoveTo(TimeSpan.FromDays(9));
        await MustShowAsync("5");
    }

    [Fact]
    public async Task A_debt_leg_is_refunded_first_by_cancelling_what_is_owed()
    {
        (await Server.SendAsync("PUT", "~/accounts/acme", """{"overdraft_limit":10}""")).Must(200);
        await GrantAsync("4");
        var charge = (await ChargeAsync("9")).Must(201);
        Assert.Equal(["purchase 4.000000", "debt 5.000000"], charge.Legs);
        await GrantAsync("2", "topup", 100);

        Assert.Equal(["debt 3.000000", "topup 1.000000"], (await RefundAsync(charge, "4")).Must(201).Legs);
        await MustShowAsync("1");
        Assert.Equal(["topup 1.000000", "purchase 4.000000"], (await RefundAsync(charge)).Must(201).Legs);
        await MustShowAsync("6");
    }

    [Fact]
    public async Task A_capture_is_a_charge_with_a_refund_of_its_own()
    {
        await GrantAsync("10");
        var capture = await CaptureAsync(await HoldAsync("6"), "4");
        (await RefundAsync(capture, "1")).Must(201);
        var now = await Server.GetAsync($"~/charges/{capture.Id}");
        Assert.Equal((capture["hold_id"], "3.000000"), (now["hold_id"], now["refundable"]));
        await MustShowAsync("7");
    }

    [Theory]
    [InlineData("""{"amount":"0"}""", "invalid_amount")]
    [InlineData("""{"amount":"-1"}""", "invalid_amount")]
    [InlineData("""{"reason":7}""", "invalid_request")]
    [InlineData("""{"charge_id":"x"}""", "invalid_request")]
    public async Task A_malformed_refund_gives_nothing_back(string body, string code)
    {
        await GrantAsync("5");
        var charge = await ChargeAsync("5");
        (await Server.PostAsync($"~/charges/{charge.Id}/refund", body, "r")).MustBe(400, code);
        await MustShowAsync("0");
    }
}
