using System.Text.Json.Nodes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Rerating;

/// <summary>Correcting the price of a past period, as a caller sees it.</summary>
public sealed class RerateTests
{
    private const string January = "\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-02-01T00:00:00Z\"";
    private const string Usage = "\"usage\":{\"model\":\"m\",\"input_tokens\":1000000}";

    [Fact]
    public async Task A_lower_price_gives_back_to_the_very_grants_and_says_so_everywhere()
    {
        await using var server = await StartAsync("10", ("bonus", "4"), ("monthly", "50"));
        var charge = await ChargeAsync(server);
        await PriceAsync(server, "7");

        var answer = await RerateAsync(server, ",\"reason\":\"Wrong table\"");

        Check(answer["totals"]!, examined: 1, corrected: 1, "0.000000", "3.000000", "-3.000000");
        Assert.Equal("a", (string)Assert.Single(answer["accounts"]!.AsArray())!["account_id"]!);
        var entry = (await LastAsync(server))!;
        Assert.Equal(
            ("correction", charge, "3.000000", "3.000000", "Wrong table"),
            ((string)entry["kind"]!, (string)entry["subject_id"]!, (string)entry["amount"]!,
                (string)entry["balance_change"]!, (string)entry["description"]!));
        Assert.Equal("7.000000", (string)entry["cost"]!["total_cost"]!);
        Assert.Equal(
            ["used -3.000000", "remaining 3.000000"],
            entry["postings"]!.AsArray().Select(one => $"{one!["pool"]} {one["amount"]}"));
        var now = (await server.GetAsync($"~/charges/{charge}")).Must(200).Body!;
        Assert.Equal(
            ("10.000000", "7.000000", "0.000000", "7.000000"),
            ((string)now["amount"]!, (string)now["corrected_amount"]!, (string)now["refunded"]!,
                (string)now["refundable"]!));
        var told = (await server.GetAsync($"~/transactions/{entry["id"]}")).Must(200).Body!["explanation"]!.AsArray();
        Assert.Equal(
            $"The price of charge {charge} was corrected: it comes to 7.000000 instead of 10.000000. 3.000000 was "
            + "given back, what was burned last first.",
            (string)told[0]!);
        Assert.Equal(("0.000000", "47.000000"), await BucketsAsync(server));
    }

    [Fact]
    public async Task Where_an_account_is_not_there_none_is_corrected()
    {
        await using var server = await StartAsync("10", ("monthly", "50"));
        await ChargeAsync(server);
        await PriceAsync(server, "7");
        var before = await JournalAsync(server);
        var body = $"{{{January},\"account_ids\":[\"a\",\"nobody\"]}}";
        (await server.SendAsync("POST", "~/rerate", body, client: server.Admin)).MustBe(404, "not_found");
        Assert.Equal(before, await JournalAsync(server));
    }

    [Fact]
    public async Task A_higher_price_takes_from_the_charge_s_own_grants_first_then_from_all_then_as_debt()
    {
        await using var server = await StartAsync("10", ("bonus", "4"), ("monthly", "8"));
        var charge = await ChargeAsync(server);
        await GrantAsync(server, "extra", "1.5", priority: 1);
        await PriceAsync(server, "15");

        Check((await RerateAsync(server))["totals"]!, 1, 1, "5.000000", "0.000000", "5.000000");

        // Two of the grant that paid, one and a half of what would have been burned before it, the rest is owed.
        var entry = await LastAsync(server);
        Assert.Equal(
            ["remaining -2.000000", "used 2.000000", "remaining -1.500000", "used 1.500000", "debt -1.500000",
                "unfunded 1.500000"],
            entry!["postings"]!.AsArray().Select(one => $"{one!["pool"]} {one["amount"]}"));
        var refund = (await server.PostAsync($"~/charges/{charge}/refund", "{}", "r")).Must(201);
        Assert.Equal("15.000000", refund["amount"]);
        var balance = (await server.GetAsync("~/accounts/a/balance")).Must(200).Body!;
        Assert.Equal(("13.500000", "0.000000"), ((string)balance["available"]!, (string)balance["debt"]!));
        Assert.Equal(409, (await server.PostAsync($"~/charges/{charge}/refund", "{}", "r2")).Status);
    }

    [Fact]
    public async Task A_dry_run_changes_nothing_and_foretells_the_run_which_does_it_once()
    {
        await using var server = await StartAsync("10", ("bonus", "4"), ("monthly", "500"));
        for (var i = 0; i < 3; i++) await ChargeAsync(server, $"c{i}");
        await server.PostAsync("~/charges", """{"account_id":"a","amount":"1"}""", "by-amount");
        await PriceAsync(server, "12.5");
        var before = await JournalAsync(server);

        var foretold = await RerateAsync(server, ",\"dry_run\":true");
        Assert.Equal(before, await JournalAsync(server));
        var done = await RerateAsync(server);
        var after = await JournalAsync(server);
        var again = await RerateAsync(server);

        Check(done["totals"]!, 3, 3, "7.500000", "0.000000", "7.500000");
        Assert.Equal(1, (int)done["totals"]!["by_amount"]!);
        foretold["dry_run"] = false;
        Assert.Equal(done.ToJsonString(), foretold.ToJsonString());
        Check(again["totals"]!, 3, 0, "0.000000", "0.000000", "0.000000");
        Assert.Equal(after, await JournalAsync(server));
    }

    /// <summary>Refunded, then corrected: what comes back, what is left, and what all has cost in the end.</summary>
    [Theory]
    [InlineData("4", "7", "3.000000", "0.000000", "3.000000")]
    [InlineData("8", "7", "2.000000", "0.000000", "0.000000")]
    [InlineData("4", "13", "0.000000", "3.000000", "9.000000")]
    [InlineData("10", "7", "0.000000", "0.000000", "0.000000")]
    [InlineData("10", "13", "0.000000", "0.000000", "0.000000")]
    public async Task Refunds_that_were_made_are_respected(
        string refunded, string price, string returned, string charged, string refundable)
    {
        await using var server = await StartAsync("10", ("bonus", "4"), ("monthly", "50"));
        var charge = await ChargeAsync(server);
        (await server.PostAsync($"~/charges/{charge}/refund", $$"""{"amount":"{{refunded}}"}""", "r")).Must(201);
        await PriceAsync(server, price);

        var totals = (await RerateAsync(server))["totals"]!;

        Assert.Equal((returned, charged), ((string)totals["returned"]!, (string)totals["charged"]!));
        Assert.Equal(refunded == "10" ? 1 : 0, (int)totals["all_refunded"]!);
        var now = (await server.GetAsync($"~/charges/{charge}")).Must(200).Body!;
        Assert.Equal(
            (refundable, refunded + ".000000"), ((string)now["refundable"]!, (string)now["refunded"]!));
        var report = await SummaryAsync(server);
        Assert.Equal(refundable, (string)report["total_cost"]!);
        Assert.Equal(54 - Credits(refundable), Credits(
            (string)(await server.GetAsync("~/accounts/a/balance")).Must(200).Body!["available"]!));
    }

    [Fact]
    public async Task Captures_and_events_are_corrected_by_the_instant_of_their_prices_also_of_a_closed_account()
    {
        await using var server = await StartAsync("10", ("bonus", "4"), ("monthly", "50"));
        var hold = (await server.PostAsync("~/holds", """{"account_id":"a","amount":"10","expires_in":86400}""", "h"))
            .Must(201).Id;
        await AdvanceAsync(server, "2026-01-01T12:00:00Z");
        (await server.PostAsync($"~/holds/{hold}/capture", $"{{{Usage}}}")).Must(200);
        await server.PostAsync("~/usage/events", $$"""
            {"id":"e","account_id":"a","occurred_at":"2026-01-01T06:00:00Z",{{Usage}}}
            """);
        await server.PostAsync("~/usage/events", $$"""
            {"id":"f","account_id":"a","occurred_at":"2026-01-01T06:00:00Z",{{Usage}},"charge":false}
            """);
        (await server.PostAsync("~/accounts/a/close")).Must(200);
        await PriceAsync(server, "9");
        await AdvanceAsync(server, "2026-01-09T00:00:00Z");

        // By its hold's instant, not its own.
        var early = await RerateAsync(
            server, "", "\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T06:00:00Z\"");
        Check(early["totals"]!, 1, 1, "0.000000", "1.000000", "-1.000000");
        Check((await RerateAsync(server))["totals"]!, 2, 1, "0.000000", "1.000000", "-1.000000");

        var days = (await server.GetAsync(
            "~/usage/daily?account_id=a&from=2026-01-01&to=2026-01-10&time_zone=UTC")).Must(200).Data.ToList();
        Assert.Equal(
            ("18.000000", "18.000000"), ((string)days[0]["total_cost"]!, (string)days[0]["provider_cost"]!));
        Assert.All(days.Skip(1), day => Assert.Equal("0.000000", (string)day["total_cost"]!));
    }

    [Fact]
    public async Task What_has_no_price_any_more_is_named_and_stays()
    {
        await using var server = await StartAsync("10", ("bonus", "4"), ("monthly", "50"));
        var charge = await ChargeAsync(server);
        await server.SendAsync("PUT", "~/prices", """
            {"prices":[{"model":"m","effective_from":"2025-01-01T00:00:00Z","rates":{"output":"1"}}]}
            """, client: server.Admin);

        var answer = await RerateAsync(server);

        Check(answer["totals"]!, 1, 0, "0.000000", "0.000000", "0.000000");
        var refused = Assert.Single(answer["refused"]!.AsArray())!;
        Assert.Equal((charge, "unknown_price"), ((string)refused["charge_id"]!, (string)refused["code"]!));
        Assert.Equal(1, (int)answer["refused_count"]!);
    }

    [Fact]
    public async Task Models_accounts_and_pages_divide_the_work_and_a_wrong_request_is_refused()
    {
        await using var server = await StartAsync("10", ("bonus", "4"), ("monthly", "50"));
        foreach (var account in new[] { "b", "c" })
        {
            await server.SendAsync("PUT", $"~/accounts/{account}", """{"overdraft_limit":"100"}""");
            await ChargeAsync(server, account, account);
        }
        await ChargeAsync(server);
        await PriceAsync(server, "11");

        Check(
            (await RerateAsync(server, ",\"models\":[\"other\"]"))["totals"]!, 0, 0, "0.000000", "0.000000",
            "0.000000");
        Check(
            (await RerateAsync(server, ",\"account_ids\":[\"b\"],\"models\":[\"m\"]"))["totals"]!, 1, 1, "1.000000",
            "0.000000", "1.000000");
        var page = await RerateAsync(server, ",\"limit\":2");
        Assert.True((bool)page["has_more"]!);
        Check(page["totals"]!, 2, 1, "1.000000", "0.000000", "1.000000");
        page = await RerateAsync(server, $",\"limit\":2,\"cursor\":\"{page["next_cursor"]}\"");
        Assert.False((bool)page["has_more"]!);
        Check(page["totals"]!, 1, 1, "1.000000", "0.000000", "1.000000");
        foreach (var wrong in new[]
        {
            "\"from\":\"2026-01-02T00:00:00Z\",\"to\":\"2026-01-02T00:00:00Z\"", $"{January},\"cursor\":\"x\"",
            $"{January},\"limit\":0", $"{January},\"account_ids\":[\"\"]",
        })
            Assert.Equal(
                400, (await server.SendAsync("POST", "~/rerate", $"{{{wrong}}}", client: server.Admin)).Status);
        Assert.Equal(
            404,
            (await server.SendAsync(
                "POST", "~/rerate", $"{{{January},\"account_ids\":[\"nobody\"]}}", client: server.Admin)).Status);
    }

    /// <summary>By the multiplier that it had then, whatever the account's tier and its terms have become.</summary>
    [Fact]
    public async Task The_tier_s_multiplier_is_the_one_that_the_charge_was_made_with()
    {
        await using var server = await StartAsync("10", ("bonus", "4"), ("monthly", "50"));
        await server.SendAsync("PUT", "~/tiers/half", """{"multiplier":"0.5"}""", client: server.Admin);
        await server.SendAsync("PUT", "~/tiers/double", """{"multiplier":"2"}""", client: server.Admin);
        await server.SendAsync("PUT", "~/accounts/a", """{"tier":"half"}""");
        await ChargeAsync(server);
        await AdvanceAsync(server, "2026-01-02T00:00:00Z");
        await server.SendAsync("PUT", "~/tiers/half", """{"multiplier":"0.9"}""", client: server.Admin);
        await server.SendAsync("PUT", "~/accounts/a", """{"tier":"double"}""");
        await PriceAsync(server, "8");

        Check((await RerateAsync(server))["totals"]!, 1, 1, "0.000000", "1.000000", "-1.000000");
    }

    /// <summary>Its period has counted it: neither more nor less of it is used by a correction, up or down.</summary>
    [Theory]
    [InlineData("7", "4.200000")]
    [InlineData("15", "9.000000")]
    public async Task What_was_free_stays_free_and_is_not_counted_again(string price, string total)
    {
        await using var server = await StartAsync("10", ("bonus", "4"), ("monthly", "50"));
        var charge = await ChargeFreeInPartAsync(server, tokens: 400_000);
        var free = await FreeOfAsync(server);
        await PriceAsync(server, price);

        Assert.Equal(1, (int)(await RerateAsync(server))["totals"]!["corrected"]!);

        var now = (await server.GetAsync($"~/charges/{charge}")).Must(200).Body!;
        Assert.Equal(total, (string)now["corrected_amount"]!);
        Assert.Equal(free, await FreeOfAsync(server));
    }

    /// <summary>Of 10, 4 were free; the price falls, rises and falls again: free is what was at first.</summary>
    [Fact]
    public async Task What_was_free_in_part_is_corrected_again_and_again_also_in_a_later_period()
    {
        await using var server = await StartAsync("10", ("bonus", "4"), ("monthly", "50"));
        var charge = await ChargeFreeInPartAsync(server, tokens: 400_000);
        (await server.PostAsync($"~/charges/{charge}/refund", """{"amount":"1"}""", "r")).Must(201);
        await AdvanceAsync(server, "2026-03-02T00:00:00Z");
        (await server.PostAsync("~/charges", $"{{\"account_id\":\"a\",{Usage}}}", "march")).Must(201);
        var free = await FreeOfAsync(server);

        foreach (var (price, standing, charged, returned) in new[]
        {
            ("7", "4.200000", "0.000000", "1.800000"), ("15", "9.000000", "4.800000", "0.000000"),
            ("2.5", "1.500000", "0.000000", "7.500000"),
        })
        {
            await PriceAsync(server, price);
            Check((await RerateAsync(server))["totals"]!, 1, 1, charged, returned, null);
            var now = (await server.GetAsync($"~/charges/{charge}")).Must(200).Body!;
            Assert.Equal((standing, "1.000000"), ((string)now["corrected_amount"]!, (string)now["refunded"]!));
            Check((await RerateAsync(server))["totals"]!, 1, 0, "0.000000", "0.000000", null);
            Assert.Equal(free, await FreeOfAsync(server));
        }
        var refund = (await server.PostAsync($"~/charges/{charge}/refund", "{}", "rest")).Must(201);
        Assert.Equal("0.500000", refund["amount"]);
        Assert.Equal(free, await FreeOfAsync(server));
    }

    /// <summary>What was free as a whole stays so, whatever its price becomes, and counts as free.</summary>
    [Fact]
    public async Task What_was_free_as_a_whole_stays_free_by_any_price()
    {
        await using var server = await StartAsync("10", ("bonus", "4"), ("monthly", "50"));
        await ChargeFreeInPartAsync(server, tokens: 1_000_000, total: "0.000000");
        foreach (var price in new[] { "7", "15" })
        {
            await PriceAsync(server, price);
            Check((await RerateAsync(server))["totals"]!, 1, 0, "0.000000", "0.000000", null);
        }
        var report = await SummaryAsync(server);
        Assert.Equal((1, 0), ((int)report["free_tier_events"]!, (int)report["paid_tier_events"]!));
    }

    private static async Task<string> ChargeFreeInPartAsync(ApiServer server, long tokens, string total = "6.000000")
    {
        await server.SendAsync(
            "PUT", "~/tiers/some", $$$"""{"free_tier":{"tokens":{{{tokens}}}}}""", client: server.Admin);
        await server.SendAsync("PUT", "~/accounts/a", """{"tier":"some"}""");
        var charge = await ChargeAsync(server);
        Assert.Equal(total, (string)(await server.GetAsync($"~/charges/{charge}")).Must(200).Body!["amount"]!);
        return charge;
    }

    private static async Task<string> FreeOfAsync(ApiServer server) =>
        (await server.GetAsync("~/accounts/a/balance")).Must(200).Body!["free_tier"]!.ToJsonString();

    internal static async Task<ApiServer> StartAsync(string price, params (string Bucket, string Amount)[] grants)
    {
        var server = await ApiServer.StartAsync(StoreKind.Memory);
        await PriceAsync(server, price);
        await server.SendAsync("PUT", "~/accounts/a", """{"overdraft_limit":"1000"}""");
        foreach (var (i, (bucket, amount)) in grants.Index()) await GrantAsync(server, bucket, amount, 10 + i);
        return server;
    }

    private static async Task GrantAsync(ApiServer server, string bucket, string amount, int priority) =>
        (await server.PostAsync(
            "~/accounts/a/grants",
            $$"""{"amount":"{{amount}}","bucket":"{{bucket}}","priority":{{priority}}}""", "g-" + bucket)).Must(201);

    /// <summary>Recorded now, in force from long ago.</summary>
    private static async Task PriceAsync(ApiServer server, string input) => (await server.SendAsync(
        "PUT", "~/prices", $$"""
        {"prices":[{"model":"m","effective_from":"2025-01-01T00:00:00Z","rates":{"input":"{{input}}"} }]}
        """, client: server.Admin)).Must(200);

    private static async Task<string> ChargeAsync(ApiServer server, string key = "c", string account = "a") =>
        (await server.PostAsync("~/charges", $"{{\"account_id\":\"{account}\",{Usage}}}", key)).Must(201).Id;

    private static async Task AdvanceAsync(ApiServer server, string to) => (await server.SendAsync(
        "POST", "~/test-clock/advance", $$"""{"to":"{{to}}"}""", client: server.Admin)).Must(200);

    private static async Task<JsonNode> RerateAsync(ApiServer server, string more = "", string period = January) =>
        (await server.SendAsync("POST", "~/rerate", $"{{{period}{more}}}", client: server.Admin)).Must(200).Body!;

    private static async Task<JsonNode?> LastAsync(ApiServer server) =>
        (await server.GetAsync("~/accounts/a/transactions?limit=1")).Must(200).Data.First();

    private static async Task<string> JournalAsync(ApiServer server) =>
        (await server.GetAsync("~/accounts/a/transactions?limit=1000")).Must(200).Body!.ToJsonString();

    private static async Task<JsonNode> SummaryAsync(ApiServer server) =>
        (await server.GetAsync("~/usage/summary?account_id=a&from=2026-01-01&to=2026-02-01")).Must(200).Body!;

    private static async Task<(string, string)> BucketsAsync(ApiServer server)
    {
        var buckets = (await server.GetAsync("~/accounts/a/balance")).Must(200).Body!["buckets"]!.AsArray();
        return (Of("bonus"), Of("monthly"));

        string Of(string name) =>
            (string?)buckets.FirstOrDefault(one => (string)one!["bucket"]! == name)?["remaining"] ?? "0.000000";
    }

    private static decimal Credits(string text) =>
        decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static void Check(
        JsonNode totals, int examined, int corrected, string charged, string returned, string? provider) =>
        Assert.Equal(
            (examined, corrected, charged, returned, provider),
            ((int)totals["examined"]!, (int)totals["corrected"]!, (string)totals["charged"]!,
                (string)totals["returned"]!, provider is null ? null : (string)totals["provider_cost_change"]!));
}
