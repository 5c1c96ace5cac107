using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Routes;

/// <summary>Holds over HTTP: placed, settled, given back, extended, and answering for life.</summary>
public abstract class HoldRouteTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : HoldRouteTests(StoreKind.Memory);
    public sealed class OnSqlite() : HoldRouteTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : HoldRouteTests(StoreKind.Postgres);

    [Fact]
    public async Task A_capture_takes_what_was_used_and_gives_back_the_rest()
    {
        await GrantAsync("10");
        var hold = (await HoldAsync("8", more: "\"expires_in\":60,\"reference_id\":\"call-1\"")).Must(201);
        Assert.Equal(("held", "8.000000", "0.000000", "2.000000", "call-1"),
            (hold["status"], hold["amount"], hold["released"], hold["available_after"], hold["reference_id"]));
        Assert.Equal("2026-01-01T00:01:00Z", hold["expires_at"]);

        var capture = (await CaptureAsync(hold, "3.25")).Must(200);
        Assert.Equal(("3.250000", "4.750000", "6.750000", "10.000000", "6.750000", "true", "false"),
            (capture["amount"], capture["released"], capture["available_after"], capture["balance_before"],
                capture["balance_after"], capture["final"], capture["late"]));
        Assert.StartsWith("chg_", capture.Id);
        var now = await Server.GetAsync($"~/holds/{hold.Id}");
        Assert.Equal(("captured", "3.250000", "4.750000"), (now["status"], now["captured"], now["released"]));
        await MustShowAsync("6.75");
    }

    [Theory]
    [InlineData("overflow", 200, "-2", "2", "5.000000", "0.000000")]
    [InlineData("cap", 200, "0", "0", "3.000000", "2.000000")]
    [InlineData("reject", 402, "1", "0", "", "")]
    public async Task A_capture_of_more_than_was_held_follows_its_mode(
        string mode, int status, string available, string debt, string amount, string shortfall)
    {
        await GrantAsync("3");
        var hold = await HoldAsync("2");
        var capture = (await CaptureAsync(hold, "5", $"\"mode\":\"{mode}\"")).Must(status);

        Assert.Equal((amount, shortfall), (capture["amount"], capture["shortfall"]));
        await MustShowAsync(available, status == 402 ? "2" : "0", debt);
        if (status == 402) Assert.Equal(("5.000000", "1.000000"), (capture["required"], capture["available"]));
    }

    [Fact]
    public async Task Several_captures_need_a_key_each_and_the_last_one_ends_the_hold_I16()
    {
        await GrantAsync("3", "a", 1);
        await GrantAsync("7", "b", 2);
        var hold = await HoldAsync("6");
        (await CaptureAsync(hold, "2", "\"final\":false")).MustBe(400, "invalid_request");

        var first = (await CaptureAsync(hold, "2", "\"final\":false", "p-1")).Must(200);
        Assert.Equal(["a 2.000000"], first.Legs);
        Assert.Equal(["a 1.000000", "b 3.000000"], (await Server.GetAsync($"~/holds/{hold.Id}")).Legs);
        (await CaptureAsync(hold, "2", "\"final\":false", "p-1")).MustReplay(first);
        var second = (await CaptureAsync(hold, "2", "\"final\":false", "p-2")).Must(200);
        Assert.Equal(["a 1.000000", "b 1.000000"], second.Legs);
        var last = (await CaptureAsync(hold, "0")).Must(200);
        Assert.Equal(("0.000000", "2.000000"), (last["amount"], last["released"]));

        (await CaptureAsync(hold, "1", "\"final\":false", "p-3")).MustBe(409, "hold_not_open");
        var now = await Server.GetAsync($"~/holds/{hold.Id}");
        Assert.Equal(("captured", "4.000000", "2.000000"), (now["status"], now["captured"], now["released"]));
        await MustShowAsync("6");
    }

    [Fact]
    public async Task A_hold_ends_once_and_another_end_meets_its_present_state_I16()
    {
        await GrantAsync("10");
        var captured = await HoldAsync("2");
        (await CaptureAsync(captured, "2")).Must(200);
        Assert.Equal("captured",
            (await Server.PostAsync($"~/holds/{captured.Id}/release")).MustBe(409, "hold_not_open")["current_status"]);
        (await CaptureAsync(captured, "1")).MustBe(409, "hold_not_open");

        var released = await HoldAsync("3");
        var first = (await Server.PostAsync($"~/holds/{released.Id}/release")).Must(200);
        Assert.Equal(("released", "3.000000", "0.000000"), (first["status"], first["released"], first["captured"]));
        (await Server.PostAsync($"~/holds/{released.Id}/release", "")).MustReplay(first);
        Assert.Equal("released", (await CaptureAsync(released, "1")).MustBe(409, "hold_not_open")["current_status"]);
        await MustShowAsync("8");
    }

    [Fact]
    public async Task A_hold_is_extended_to_a_later_end_and_to_no_other()
    {
        await GrantAsync("10");
        var hold = await HoldAsync("2", more: "\"expires_in\":60");
        Assert.Equal((await ExtendAsync(hold, TimeSpan.FromMinutes(1))).Must(200).Body!.ToJsonString(),
            hold.Body!.ToJsonString());
        var longer = (await ExtendAsync(hold, TimeSpan.FromMinutes(5))).Must(200);
        Assert.Equal(("2026-01-01T00:05:00Z", "held"), (longer["expires_at"], longer["status"]));
        (await ExtendAsync(hold, TimeSpan.FromMinutes(5))).MustReplay(longer);
        (await ExtendAsync(hold, TimeSpan.FromMinutes(4))).MustBe(400, "invalid_request");
        (await ExtendAsync(hold, TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1))).MustBe(422, "limit_exceeded");

        MoveTo(TimeSpan.FromMinutes(4));
        await MustShowAsync("8", "2");
        MoveTo(TimeSpan.FromMinutes(5));
        await MustShowAsync("10");
        Assert.Equal("expired",
            (await ExtendAsync(hold, TimeSpan.FromMinutes(9))).MustBe(409, "hold_not_open")["current_status"]);
        (await ExtendAsync(hold, TimeSpan.FromMinutes(5))).MustReplay(longer);
    }

    [Fact]
    public async Task An_expired_hold_is_captured_late_once_from_what_its_grants_still_have_I17()
    {
        await GrantAsync("5", "a", 1);
        await GrantAsync("5", "b", 2);
        var hold = await HoldAsync("6", more: "\"expires_in\":60");
        MoveTo(TimeSpan.FromMinutes(1));
        Assert.Equal("expired", (await Server.GetAsync($"~/holds/{hold.Id}"))["status"]);
        (await ChargeAsync("3")).Must(201);

        var late = (await CaptureAsync(hold, "4")).Must(200);
        Assert.Equal(("true", "4.000000", "0.000000"), (late["late"], late["amount"], late["released"]));
        Assert.Equal(["a 2.000000", "b 2.000000"], late.Legs);
        (await CaptureAsync(hold, "4")).MustReplay(late);
        (await CaptureAsync(hold, "1", key: "again")).MustBe(409, "hold_not_open");
        await MustShowAsync("3");
    }

    [Fact]
    public async Task A_released_hold_that_had_expired_can_no_longer_be_captured()
    {
        await GrantAsync("5");
        var hold = await HoldAsync("5", more: "\"expires_in\":1");
        MoveTo(TimeSpan.FromSeconds(1));
        await MustShowAsync("5");
        Assert.Equal("released", (await Server.PostAsync($"~/holds/{hold.Id}/release")).Must(200)["status"]);
        (await CaptureAsync(hold, "1")).MustBe(409, "hold_not_open");
        await MustShowAsync("5");
    }

    [Theory]
    [InlineData("\"expires_in\":0")]
    [InlineData("\"expires_in\":-5")]
    [InlineData("\"expires_in\":1.5")]
    [InlineData("\"expires_in\":\"60\"")]
    [InlineData("\"expires_in\":60,\"expires_at\":\"2026-01-01T01:00:00Z\"")]
    [InlineData("\"expires_at\":\"2026-01-01T00:00:00Z\"")]
    [InlineData("\"expires_at\":\"2026-01-01\"")]
    public async Task A_hold_needs_one_end_in_the_future(string end)
    {
        await GrantAsync("5");
        (await HoldAsync("1", more: end)).MustBe(400, "invalid_request");
        await MustShowAsync("5");
    }

    [Fact]
    public async Task A_hold_takes_the_overdraft_too_and_owes_it_only_when_captured()
    {
        (await Server.SendAsync("PUT", "~/accounts/acme", """{"overdraft_limit":5}""")).Must(200);
        await GrantAsync("2");
        var hold = (await HoldAsync("6")).Must(201);
        Assert.Equal(["purchase 2.000000", "debt 4.000000"], hold.Legs);
        Assert.Null(hold.Body!["breakdown"]![1]!["grant_id"]);
        await MustShowAsync("-4", "6");
        (await HoldAsync("2")).MustBe(402, "insufficient_credits");

        Assert.Equal(["purchase 2.000000", "debt 1.000000"], (await CaptureAsync(hold, "3")).Must(200).Legs);
        await MustShowAsync("-1", debt: "1");
        Assert.Equal("1.000000", (await GrantAsync("4"))["used"]);
        await MustShowAsync("3");
    }

    [Fact]
    public async Task Holds_are_listed_newest_first_by_status()
    {
        await GrantAsync("10");
        var (captured, released, held, expired) = (await HoldAsync("1"), await HoldAsync("1"), await HoldAsync("1"),
            await HoldAsync("1", more: "\"expires_in\":5"));
        await CaptureAsync(captured, "1");
        await Server.PostAsync($"~/holds/{released.Id}/release");
        MoveTo(TimeSpan.FromSeconds(5));

        Assert.Equal([expired.Id, held.Id, released.Id, captured.Id], await ListAsync(""));
        Assert.Equal([held.Id], await ListAsync("&status=held"));
        Assert.Equal([expired.Id], await ListAsync("&status=expired"));
        Assert.Equal([captured.Id], await ListAsync("&status=captured"));
        (await Server.GetAsync("~/holds?account_id=acme&status=open")).MustBe(400, "invalid_request");
        (await Server.GetAsync("~/holds")).MustBe(400, "invalid_request");
        (await Server.GetAsync("~/holds?account_id=nobody")).MustBe(404, "not_found");
    }

    private async Task<IEnumerable<string>> ListAsync(string filter) =>
        (await Server.GetAsync("~/holds?account_id=acme" + filter)).Must(200).Data.Select(hold => (string)hold["id"]!);

    private Task<ApiReply> ExtendAsync(ApiReply hold, TimeSpan end) =>
        Server.PostAsync($"~/holds/{hold.Id}/extend", $$"""{"expires_at":"{{At(end)}}"}""");
}
