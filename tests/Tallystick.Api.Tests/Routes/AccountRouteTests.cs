using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Routes;

/// <summary>Accounts over HTTP: made, changed, suspended and closed, and what a charge would come to.</summary>
public abstract class AccountRouteTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : AccountRouteTests(StoreKind.Memory);
    public sealed class OnSqlite() : AccountRouteTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : AccountRouteTests(StoreKind.Postgres);

    [Fact]
    public async Task A_put_makes_an_account_or_changes_what_is_given_and_nothing_else()
    {
        var made = (await Server.SendAsync("PUT", "~/accounts/user:7@x", """
            {"name":"Seven","email":"seven@example.com","metadata":{"b":2,"a":1},"overdraft_limit":"2.5"}
            """)).Must(201);
        Assert.Equal(("active", "Seven", "2.500000"), (made["status"], made["name"], made["overdraft_limit"]));
        var changed = (await Server.SendAsync("PUT", "~/accounts/user:7@x", """{"name":"VII"}""")).Must(200);
        Assert.Equal(("VII", "seven@example.com", "2.500000", """{"a":1,"b":2}"""),
            (changed["name"], changed["email"], changed["overdraft_limit"], changed.Body!["metadata"]!.ToJsonString()));
        Assert.Equal(changed.Bytes, (await Server.GetAsync("~/accounts/user:7@x")).Must(200).Bytes);
        Assert.Equal(changed.Bytes, (await Server.SendAsync("PUT", "~/accounts/user:7@x", "")).Must(200).Bytes);
        Assert.Equal(2, (await Server.GetAsync("~/accounts/user:7@x/transactions")).Data.Count());
        await MustShowAsync("0");
    }

    [Fact]
    public async Task Of_fifty_first_requests_at_once_one_makes_the_account_R4()
    {
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 50)
            .Select(_ => Server.SendAsync("PUT", "~/accounts/new", """{"overdraft_limit":1}""")));

        Assert.Single(replies, reply => reply.Status == 201);
        Assert.Equal(49, replies.Count(reply => reply.Status == 200));
        Assert.Single((await Server.GetAsync("~/accounts/new/transactions")).Data);
    }

    [Fact]
    public async Task A_suspended_account_is_refused_admission_and_nothing_else()
    {
        await GrantAsync("10");
        var (hold, other, charge) = (await HoldAsync("2"), await HoldAsync("2"), await ChargeAsync("2"));
        Assert.Equal("suspended", (await Server.PostAsync("~/accounts/acme/suspend", "")).Must(200)["status"]);
        Assert.Equal("suspended", (await Server.PostAsync("~/accounts/acme/suspend", "")).Must(200)["status"]);

        (await ChargeAsync("1")).MustBe(403, "account_suspended");
        (await HoldAsync("1")).MustBe(403, "account_suspended");
        (await Server.PostAsync("~/jobs", """{"account_id":"acme","rows":1}""", "j")).MustBe(403, "account_suspended");
        Assert.Equal("account_suspended", (await CheckAsync("1"))["code"]);
        await GrantAsync("1");
        (await Server.PostAsync($"~/holds/{other.Id}/extend", $$"""{"expires_at":"{{At(TimeSpan.FromDays(1))}}"}"""))
            .Must(200);
        (await CaptureAsync(hold, "3")).Must(200);
        (await Server.PostAsync($"~/holds/{other.Id}/release")).Must(200);
        (await RefundAsync(charge)).Must(201);

        Assert.Equal("active", (await Server.PostAsync("~/accounts/acme/reactivate", "")).Must(200)["status"]);
        (await ChargeAsync("8")).Must(201);
        await MustShowAsync("0");
    }

    [Fact]
    public async Task A_closed_account_keeps_its_debt_and_still_settles()
    {
        (await Server.SendAsync("PUT", "~/accounts/acme", """{"overdraft_limit":5}""")).Must(200);
        await GrantAsync("10");
        await GrantAsync("4", $"\"effective_at\":\"{At(TimeSpan.FromDays(9))}\"");
        var (charge, hold) = (await ChargeAsync("3"), await HoldAsync("2", more: "\"expires_in\":60"));
        Assert.Equal("active",
            (await Server.PostAsync("~/accounts/acme/close")).MustBe(409, "conflict")["current_status"]);

        Assert.Equal("closed",
            (await Server.PostAsync("~/accounts/acme/close", """{"release_holds":true}""")).Must(200)["status"]);
        await MustShowAsync("0");
        (await ChargeAsync("1")).MustBe(403, "account_closed");
        (await HoldAsync("1")).MustBe(403, "account_closed");
        (await Server.PostAsync("~/accounts/acme/grants", """{"amount":1}""", "g")).MustBe(403, "account_closed");
        (await Server.SendAsync("PUT", "~/accounts/acme", """{"name":"x"}""")).MustBe(403, "account_closed");
        (await Server.PostAsync("~/accounts/acme/reactivate")).MustBe(403, "account_closed");
        (await CaptureAsync(hold, "1")).MustBe(409, "hold_not_open");
        (await RefundAsync(charge)).Must(201);
        await MustShowAsync("0");
        MoveTo(TimeSpan.FromDays(10));
        await MustShowAsync("0");
        Assert.Equal("closed", (await Server.PostAsync("~/accounts/acme/close")).Must(200)["status"]);
    }

    [Fact]
    public async Task An_expired_hold_of_a_closed_account_is_still_captured_late()
    {
        await GrantAsync("10");
        var hold = await HoldAsync("4", more: "\"expires_in\":60");
        MoveTo(TimeSpan.FromMinutes(1));
        (await Server.PostAsync("~/accounts/acme/close")).Must(200);
        Assert.Equal(["debt 3.000000"], (await CaptureAsync(hold, "3")).Must(200).Legs);
        await MustShowAsync("-3", debt: "3");
    }

    [Fact]
    public async Task A_check_says_what_a_charge_then_does_and_writes_nothing()
    {
        (await Server.SendAsync("PUT", "~/accounts/acme", """{"overdraft_limit":"2"}""")).Must(200);
        await GrantAsync("5");
        await HoldAsync("1");
        foreach (var (amount, passes) in new[] { ("6", true), ("6.000001", false), ("1", true) })
        {
            var check = (await CheckAsync(amount)).Must(200);
            Assert.Equal((passes ? "true" : "false", Six(amount), "6.000000", "6.000000"),
                (check["allowed"], check["required"], check["available"], check["affordable_amount"]));
            Assert.Equal(passes ? "" : "balance", check["limit_source"]);
        }
        var refused = (await ChargeAsync("6.000001")).MustBe(402, "insufficient_credits");
        Assert.Equal(("6.000001", "6.000000", "balance"),
            (refused["required"], refused["available"], refused["limit_source"]));
        (await ChargeAsync("6")).Must(201);
        Assert.Equal("false", (await CheckAsync("0.000001"))["allowed"]);
    }

    [Fact]
    public async Task The_balance_lists_buckets_grants_and_what_expires_next()
    {
        var (one, two) = (At(TimeSpan.FromDays(1)), At(TimeSpan.FromDays(2)));
        var first = await GrantAsync("5", $""" "bucket":"m","priority":1,"expires_at":"{two}" """);
        await GrantAsync("3", $""" "bucket":"m","priority":2,"expires_at":"{one}" """);
        await GrantAsync("4", "\"bucket\":\"addon\",\"priority\":3");
        await HoldAsync("6");

        var balance = await BalanceAsync();
        Assert.Equal(
            ("12.000000", "6.000000", "6.000000"), (balance["balance"], balance["held"], balance["available"]));
        Assert.Equal(["m 2.000000 6.000000", "addon 4.000000 0.000000"], balance.Body!["buckets"]!.AsArray()
            .Select(bucket => $"{bucket!["bucket"]} {bucket["remaining"]} {bucket["held"]}"));
        Assert.Equal("""{"amount":"2.000000","at":"2026-01-02T00:00:00Z"}""",
            balance.Body["expiring_next"]!.ToJsonString());
        Assert.Equal(first.Id, (string)balance.Body["grants"]![0]!["grant_id"]!);
    }

    private Task<ApiReply> CheckAsync(string amount) =>
        Server.PostAsync("~/check", $$"""{"account_id":"acme","amount":"{{amount}}"}""");
}
