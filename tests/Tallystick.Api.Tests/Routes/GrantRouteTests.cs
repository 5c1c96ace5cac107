using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Routes;

/// <summary>Grants over HTTP: given, listed, expired, voided and clawed back.</summary>
public abstract class GrantRouteTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : GrantRouteTests(StoreKind.Memory);
    public sealed class OnSqlite() : GrantRouteTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : GrantRouteTests(StoreKind.Postgres);

    [Fact]
    public async Task A_grant_has_its_defaults_and_all_that_it_was_given()
    {
        var plain = await GrantAsync("5");
        Assert.Equal(("active", "purchase", "purchase", "100", "2026-01-01T00:00:00Z", "", "5.000000"),
            (plain["status"], plain["bucket"], plain["kind"], plain["priority"], plain["effective_at"],
                plain["expires_at"], plain["remaining"]));

        var full = await GrantAsync("7.5", $$"""
            "bucket":"monthly","kind":"allowance","priority":0,"effective_at":"{{At(TimeSpan.FromDays(1))}}",
            "expires_at":"{{At(TimeSpan.FromDays(31))}}","cost_basis":"EUR 3.00","reference_id":"inv-1",
            "description":"January","metadata":{"plan":"pro"}
            """);
        Assert.Equal(("pending", "monthly", "allowance", "0", "EUR 3.00", "inv-1", "0.000000", "5.000000"),
            (full["status"], full["bucket"], full["kind"], full["priority"], full["cost_basis"], full["reference_id"],
                full["remaining"], full["available_after"]));
        MoveTo(TimeSpan.FromDays(1));
        var now = (await Server.GetAsync($"~/grants/{full.Id}")).Must(200);
        Assert.Equal(("active", "7.500000"), (now["status"], now["remaining"]));
        await MustShowAsync("12.5");
    }

    [Theory]
    [InlineData("\"kind\":\"gift\"")]
    [InlineData("\"priority\":1001")]
    [InlineData("\"priority\":-1")]
    [InlineData("\"priority\":1.5")]
    [InlineData("\"bucket\":\"\"")]
    [InlineData("\"expires_at\":\"2026-01-01T00:00:00Z\"")]
    [InlineData("\"effective_at\":\"2026-02-01T00:00:00Z\",\"expires_at\":\"2026-01-15T00:00:00Z\"")]
    [InlineData("\"metadata\":[1]")]
    [InlineData("\"reference_id\":\"\"")]
    public async Task A_malformed_grant_is_refused_and_nothing_is_given(string member)
    {
        (await Server.PostAsync("~/accounts/acme/grants", $"{{\"amount\":1,{member}}}", "g"))
            .MustBe(400, "invalid_request");
        await MustShowAsync("0");
    }

    [Fact]
    public async Task A_void_takes_what_remains_and_leaves_what_is_held_until_it_returns()
    {
        var grant = await GrantAsync("10");
        (await ChargeAsync("3")).Must(201);
        var hold = await HoldAsync("4");

        var first = (await VoidAsync(grant, "")).Must(200);
        Assert.Equal(("voided", "0.000000", "4.000000", "3.000000", "3.000000", "0.000000"),
            (first["status"], first["remaining"], first["held"], first["used"], first["voided"],
                first["available_after"]));
        await MustShowAsync("0", "4");
        (await CaptureAsync(hold, "1")).Must(200);
        await MustShowAsync("0");
        (await VoidAsync(grant, "{}")).MustReplay(first);
        var now = await Server.GetAsync($"~/grants/{grant.Id}");
        Assert.Equal(("0.000000", "4.000000", "6.000000"), (now["held"], now["used"], now["voided"]));
        Assert.Equal("voided",
            (await VoidAsync(grant, """{"claw_back_used":true}""")).MustBe(409, "conflict")["current_status"]);
    }

    [Fact]
    public async Task A_claw_back_books_what_was_used_and_the_next_grant_pays_it()
    {
        var grant = await GrantAsync("10");
        var charge = await ChargeAsync("6");
        (await RefundAsync(charge, "1")).Must(201);
        var reply = (await VoidAsync(grant, """{"claw_back_used":true,"reason":"charged back"}""")).Must(200);
        Assert.Equal("-5.000000", reply["available_after"]);
        await MustShowAsync("-5", debt: "5");

        var next = await GrantAsync("8");
        Assert.Equal(("5.000000", "3.000000", "3.000000"), (next["used"], next["remaining"], next["available_after"]));
        (await RefundAsync(charge, "2")).Must(201);
        await MustShowAsync("5");
    }

    [Fact]
    public async Task Expired_credits_are_gone_at_the_instant_and_the_past_stays_as_it_was_I5_I22()
    {
        var day = TimeSpan.FromDays(1);
        await GrantAsync("5", $"\"kind\":\"promotional\",\"expires_at\":\"{At(day)}\"");
        MoveTo(day - TimeSpan.FromMilliseconds(1));
        await MustShowAsync("5");
        MoveTo(day);
        await MustShowAsync("0");
        Assert.Equal("5.000000", (await BalanceAsync("?at=2026-01-01T12:00:00Z"))["available"]);
        Assert.Equal("0.000000", (await ChargeAsync("1")).MustBe(402, "insufficient_credits")["available"]);
    }

    [Fact]
    public async Task Grants_are_listed_newest_first_by_status_and_bucket()
    {
        var gone = await GrantAsync("1", $"\"bucket\":\"a\",\"expires_at\":\"{At(TimeSpan.FromHours(1))}\"");
        var voided = await GrantAsync("1", "\"bucket\":\"b\"");
        var used = await GrantAsync("1", "\"bucket\":\"b\",\"priority\":0");
        var later = await GrantAsync("1", $"\"bucket\":\"b\",\"effective_at\":\"{At(TimeSpan.FromDays(9))}\"");
        var open = await GrantAsync("1", "\"bucket\":\"b\"");
        await VoidAsync(voided, "");
        await ChargeAsync("1");
        MoveTo(TimeSpan.FromHours(1));

        Assert.Equal([open.Id, later.Id, used.Id, voided.Id, gone.Id], await ListAsync(""));
        foreach (var (status, grant) in new[]
            { ("active", open), ("pending", later), ("depleted", used), ("voided", voided), ("expired", gone) })
            Assert.Equal([grant.Id], await ListAsync($"?status={status}"));
        Assert.Equal([gone.Id], await ListAsync("?bucket=a"));
        Assert.Empty(await ListAsync("?bucket=a&status=active"));
        (await Server.GetAsync("~/accounts/acme/grants?status=open")).MustBe(400, "invalid_request");
    }

    private async Task<IEnumerable<string>> ListAsync(string query) =>
        (await Server.GetAsync("~/accounts/acme/grants" + query)).Must(200).Data.Select(grant => (string)grant["id"]!);

    private Task<ApiReply> VoidAsync(ApiReply grant, string body) =>
        Server.PostAsync($"~/grants/{grant.Id}/void", body);
}
