using System.Text.Json.Nodes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Routes;

/// <summary>The journal over HTTP: what it lists, how it is filtered, and what it explains.</summary>
public abstract class TransactionRouteTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : TransactionRouteTests(StoreKind.Memory);
    public sealed class OnSqlite() : TransactionRouteTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : TransactionRouteTests(StoreKind.Postgres);

    [Fact]
    public async Task Every_entry_sums_to_zero_follows_the_one_before_and_leaves_what_it_says_I1_I3_I4_I12()
    {
        await LiveAsync();
        await Books.MustHoldAsync(Server);
    }

    [Fact]
    public async Task Entries_are_filtered_by_kind_time_reference_and_key()
    {
        await LiveAsync();
        var all = await AllAsync();
        foreach (var kind in all.Select(entry => (string)entry["kind"]!).Distinct())
            Assert.Equal(Where(all, entry => (string)entry["kind"]! == kind), await IdsAsync($"kind={kind}"));
        var (middle, instant) = ((string)all[all.Count / 2]["created_at"]!, Books.Time(all[all.Count / 2]));
        Assert.Equal(Where(all, entry => Books.Time(entry) >= instant), await IdsAsync($"from={middle}"));
        Assert.Equal(Where(all, entry => Books.Time(entry) < instant), await IdsAsync($"to={middle}"));
        Assert.Equal(
            Where(all, entry => (string?)entry["reference_id"] == "order-7"), await IdsAsync("reference_id=order-7"));
        Assert.Equal(Where(all, entry => (string?)entry["idempotency_key"] == "the-charge"),
            await IdsAsync("idempotency_key=the-charge"));
        Assert.Single(await IdsAsync("idempotency_key=the-charge&kind=charge"));
        Assert.Empty(await IdsAsync("idempotency_key=the-charge&kind=hold"));
        Assert.Empty(await IdsAsync($"idempotency_key=the-charge&to={At(TimeSpan.Zero)}"));
        Assert.Empty(await IdsAsync("idempotency_key=never-used"));
    }

    [Fact]
    public async Task An_entry_carries_who_asked_under_which_key_and_trace_and_what_was_said()
    {
        await GrantAsync("5");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/charges")
        {
            Content = new StringContent("""
                {"account_id":"acme","amount":2,"description":"chat","reference_id":"r","metadata":{"b":1,"a":"x"}}
                """, System.Text.Encoding.UTF8, "application/json"),
            Headers =
            {
                { "Idempotency-Key", "the-key" },
                { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
            },
        };
        var charge = (await Server.SendAsync(request)).Must(201);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", charge.Raw.Headers.GetValues("Trace-Id").Single());

        var entry = (await ToldAsync(charge))["transaction"]!;
        Assert.Equal(("charge", "2.000000", "-2.000000", "chat", "r", "the-key", "0af7651916cd43dd8448eb211c80319c"),
            (Text(entry, "kind"), Text(entry, "amount"), Text(entry, "balance_change"), Text(entry, "description"),
                Text(entry, "reference_id"), Text(entry, "idempotency_key"), Text(entry, "trace_id")));
        Assert.Equal(charge.Id, Text(entry, "subject_id"));
        Assert.Equal("""{"a":"x","b":1}""", entry["metadata"]!.ToJsonString());
        Assert.StartsWith("key_", Text(entry, "key_id"));
    }

    [Fact]
    public async Task An_explanation_tells_which_grants_why_these_and_what_before_and_after()
    {
        var soon = At(TimeSpan.FromDays(1));
        var first = await GrantAsync("3", $""" "bucket":"monthly","priority":1,"expires_at":"{soon}" """);
        var second = await GrantAsync("5", "\"bucket\":\"addon\",\"priority\":2");
        var third = await GrantAsync("9", "\"bucket\":\"reserve\",\"priority\":3");
        var charge = (await ChargeAsync("4")).Must(201);
        await ChargeAsync("4");

        var told = await ToldAsync(charge);
        Assert.NotEmpty(told["explanation"]!.AsArray());
        Assert.Equal(("17.000000", "13.000000"),
            (Text(told["before"]!, "available"), Text(told["after"]!, "available")));
        Assert.Equal(
            [
                $"{first.Id} monthly 1 3.000000 0.000000 3.000000", $"{second.Id} addon 2 5.000000 4.000000 1.000000",
                $"{third.Id} reserve 3 9.000000 9.000000 0.000000",
            ],
            told["grants"]!.AsArray().Select(step =>
                $"{step!["grant_id"]} {step["bucket"]} {step["position"]} {step["remaining_before"]} "
                + $"{step["remaining_after"]} {step["amount"]}"));
        Assert.All(told["grants"]!.AsArray(), step => Assert.NotEqual("", (string)step!["why"]!));

        MoveTo(TimeSpan.FromDays(3));
        await ChargeAsync("1");
        Assert.Equal(told.ToJsonString(), (await ToldAsync(charge)).ToJsonString());
    }

    [Fact]
    public async Task A_table_goes_on_where_a_cursor_says()
    {
        for (var i = 0; i < 7; i++) await GrantAsync("1");
        var first = (await Server.GetAsync("~/accounts/acme/transactions?limit=3")).Must(200);
        var query = $"~/accounts/acme/transactions?limit=3&cursor={first["next_cursor"]}";
        var second = (await Server.GetAsync(query)).Must(200).Data.Select(entry => (string)entry["id"]!).ToList();
        var table = (await Server.GetAsync(query + "&format=csv")).Must(200).Body!.ToString();
        Assert.Equal(second, table.Split("\r\n")[1..^1].Select(line => line.Split(',')[0]));
        Assert.Equal(3, second.Count);
    }

    [Fact]
    public async Task Every_kind_of_entry_has_an_explanation()
    {
        await LiveAsync();
        var all = await AllAsync();
        foreach (var entry in all)
        {
            var told = (await Server.GetAsync($"~/transactions/{entry["id"]}")).Must(200).Body!;
            Assert.Equal(entry.ToJsonString(), told["transaction"]!.ToJsonString());
            Assert.NotEmpty(told["explanation"]!.AsArray());
            Assert.Equal(Books.Amount(told["after"]!, "balance") - Books.Amount(told["before"]!, "balance"),
                Books.Amount(entry, "balance_change"));
        }
        Assert.Equal(
            [
                "account_changed", "account_closed", "account_opened", "account_reactivated", "account_suspended",
                "capture", "charge", "grant", "grant_activated", "grant_expired", "grant_voided", "hold",
                "hold_expired", "hold_extended", "refund", "release",
            ],
            all.Select(entry => (string)entry["kind"]!).Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>A life with every kind of entry in it.</summary>
    private async Task LiveAsync()
    {
        await Server.SendAsync("PUT", "~/accounts/acme", """{"overdraft_limit":20}""");
        await Server.PostAsync("~/accounts/acme/suspend");
        await Server.PostAsync("~/accounts/acme/reactivate");
        var day = At(TimeSpan.FromDays(1));
        var first = await GrantAsync("10", $""" "expires_at":"{day}","reference_id":"order-7" """);
        await GrantAsync("5", $"\"effective_at\":\"{At(TimeSpan.FromHours(1))}\"");
        var charge = await ChargeAsync("8", "the-charge", "\"reference_id\":\"order-7\"");
        var hold = await HoldAsync("9");
        await Server.PostAsync($"~/holds/{hold.Id}/extend", $$"""{"expires_at":"{{At(TimeSpan.FromHours(3))}}"}""");
        MoveTo(TimeSpan.FromHours(2));
        await CaptureAsync(hold, "3", "\"final\":false", NewKey());
        await RefundAsync(charge, "2");
        await CaptureAsync(hold, "7");
        var released = await HoldAsync("1", more: "\"reference_id\":\"order-7\"");
        await Server.PostAsync($"~/holds/{released.Id}/release");
        await GrantAsync("100", $"\"expires_at\":\"{day}\"");
        await HoldAsync("0.5", more: "\"expires_in\":60");
        MoveTo(TimeSpan.FromDays(2));
        await RefundAsync(charge, "3");
        await Server.PostAsync($"~/grants/{first.Id}/void", """{"claw_back_used":true}""");
        await Server.PostAsync("~/accounts/acme/close", """{"release_holds":true}""");
    }

    private async Task<List<JsonNode>> AllAsync() =>
        [.. (await Server.GetAsync("~/accounts/acme/transactions?limit=1000")).Must(200).Data];

    private async Task<JsonNode> ToldAsync(ApiReply movement) =>
        (await Server.GetAsync($"~/transactions/{movement["transaction_id"]}")).Must(200).Body!;

    private static IEnumerable<string> Where(List<JsonNode> all, Func<JsonNode, bool> filter) =>
        all.Where(filter).Select(entry => (string)entry["id"]!);

    private async Task<IEnumerable<string>> IdsAsync(string query) =>
        (await Server.GetAsync($"~/accounts/acme/transactions?limit=1000&{query}")).Must(200).Data
        .Select(entry => (string)entry["id"]!);

    private static string Text(JsonNode node, string member) => (string)node[member]!;
}
