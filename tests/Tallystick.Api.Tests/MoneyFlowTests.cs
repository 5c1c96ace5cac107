using Tallystick.Core.Time;
using Xunit;

namespace Tallystick.Api.Tests;

public sealed class MoneyFlowTests : IAsyncLifetime
{
    private ApiServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.StartAsync();
        Assert.Equal(201, (await _server.SendAsync("PUT", "/api/v1/accounts/acme")).Status);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_job_over_both_buckets_goes_back_to_both_document_002_scenario_2()
    {
        await GrantAsync("500", "monthly", priority: 10);
        await GrantAsync("5000", "addon", priority: 20);

        var charge = await _server.SendAsync(
            "POST", "/api/v1/charges", """{"account_id":"acme","amount":2000}""", "job-1");
        Assert.Equal(201, charge.Status);
        Assert.Equal(["monthly 500.000000", "addon 1500.000000"], Legs(charge.Body!));
        Assert.Equal("5500.000000", (string)charge.Body!["balance_before"]!);
        Assert.Equal("3500.000000", (string)charge.Body["balance_after"]!);

        var refund = await _server.SendAsync("POST", $"/api/v1/charges/{charge.Body["id"]}/refund", "{}", "refund-1");
        Assert.Equal(201, refund.Status);
        Assert.Equal(["addon 1500.000000", "monthly 500.000000"], Legs(refund.Body!));

        var balance = await _server.SendAsync("GET", "/api/v1/accounts/acme/balance");
        Assert.Equal(["monthly 500.000000", "addon 5000.000000"],
            balance.Body!["buckets"]!.AsArray().Select(bucket => $"{bucket!["bucket"]} {bucket["remaining"]}"));
    }

    [Fact]
    public async Task A_replay_answers_byte_for_byte_and_a_changed_body_is_a_mismatch_D3()
    {
        await GrantAsync("10", "addon");
        const string Body = """{"account_id":"acme","amount":"1.50","description":"chat"}""";
        var first = await _server.SendAsync("POST", "/api/v1/charges", Body, "k");
        var again = await _server.SendAsync(
            "POST", "/api/v1/charges", """{ "description":"chat","amount":1.5,  "account_id":"acme" }""", "k");
        var other = await _server.SendAsync("POST", "/api/v1/charges",
            """{"account_id":"acme","amount":"1.51","description":"chat"}""", "k");

        Assert.Equal(201, again.Status);
        Assert.Equal("true", again.Raw.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal(await first.Raw.Content.ReadAsByteArrayAsync(), await again.Raw.Content.ReadAsByteArrayAsync());
        Assert.Equal((422, "idempotency_mismatch"), (other.Status, (string)other.Body!["code"]!));
    }

    [Fact]
    public async Task A_capture_takes_what_was_used_and_gives_back_the_rest()
    {
        await GrantAsync("10", "addon");
        var hold = await _server.SendAsync("POST", "/api/v1/holds",
            """{"account_id":"acme","amount":"8","expires_in":60}""", "h");
        Assert.Equal((201, "held", "2.000000"),
            (hold.Status, (string)hold.Body!["status"]!, (string)hold.Body["available_after"]!));

        var capture = await _server.SendAsync(
            "POST", $"/api/v1/holds/{hold.Body["id"]}/capture", """{"amount":"3.25"}""");
        Assert.Equal((200, "3.250000", "4.750000", "6.750000"),
            (capture.Status, (string)capture.Body!["amount"]!, (string)capture.Body["released"]!,
                (string)capture.Body["available_after"]!));
        Assert.Equal("10.000000", (string)capture.Body["balance_before"]!);
    }

    [Fact]
    public async Task Expired_credits_are_gone_at_the_instant_and_the_past_stays_as_it_was_I5_I22()
    {
        await _server.SendAsync("POST", "/api/v1/accounts/acme/grants",
            """{"amount":"5","kind":"promotional","expires_at":"2026-01-02T00:00:00Z"}""", "g");
        _server.Clock.Advance(new Instant(ApiServer.Start.Micros + 86_400_000_000 - 1_000));
        Assert.Equal("5.000000", await AvailableAsync());
        _server.Clock.Advance(new Instant(ApiServer.Start.Micros + 86_400_000_000));
        Assert.Equal("0.000000", await AvailableAsync());
        Assert.Equal("5.000000", await AvailableAsync("?at=2026-01-01T12:00:00Z"));

        var refused = await _server.SendAsync("POST", "/api/v1/charges", """{"account_id":"acme","amount":1}""", "c");
        Assert.Equal((402, "insufficient_credits", "0.000000"),
            (refused.Status, (string)refused.Body!["code"]!, (string)refused.Body["available"]!));
    }

    [Theory]
    [InlineData("\"NaN\"")]
    [InlineData("1e3")]
    [InlineData("\"1e3\"")]
    [InlineData("\"0\"")]
    [InlineData("-1")]
    [InlineData("\"-0\"")]
    [InlineData("\"+1\"")]
    [InlineData("\"01\"")]
    [InlineData("\".5\"")]
    [InlineData("\"1.\"")]
    [InlineData("\"1,5\"")]
    [InlineData("\"0x10\"")]
    [InlineData("\"１\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"1.0000001\"")]
    [InlineData("\"1234567890123\"")]
    [InlineData("true")]
    [InlineData("[]")]
    [InlineData("{}")]
    public async Task What_is_no_amount_is_invalid_amount_N1(string amount)
    {
        var (status, body, raw) = await _server.SendAsync(
            "POST", "/api/v1/charges", $$"""{"account_id":"acme","amount":{{amount}}}""", "k");

        Assert.Equal((400, "invalid_amount"), (status, (string)body!["code"]!));
        Assert.Equal("application/problem+json", raw.Content.Headers.ContentType!.MediaType);
        Assert.NotNull(body["errors"]!["amount"]);
    }

    [Theory]
    [InlineData("""{"account_id":"acme","amount":1,"price":2}""")]
    [InlineData("""{"account_id":"acme","amount":1,"amount":1}""")]
    [InlineData("""{"account_id":"acme","Amount":1}""")]
    [InlineData("""{"account_id":"acme","amount":1,"$type":"x"}""")]
    [InlineData("""{"account_id":"acme","amount":1""")]
    [InlineData("""{"account_id":"ac me","amount":1}""")]
    [InlineData("""{"account_id":"acme","amount":1,"description":"a\u0000b"}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task What_is_not_the_contract_is_invalid_request_N2_N5(string text)
    {
        var (status, body, _) = await _server.SendAsync("POST", "/api/v1/charges", text, "k");

        Assert.Equal((400, "invalid_request"), (status, (string)body!["code"]!));
        Assert.Equal(32, ((string)body["trace_id"]!).Length);
    }

    [Fact]
    public async Task Unknown_routes_methods_and_callers_get_problems_too_I35()
    {
        Assert.Equal("not_found", await CodeAsync("GET", "/api/v1/nothing"));
        Assert.Equal("method_not_allowed", await CodeAsync("DELETE", "/api/v1/charges"));
        Assert.Equal("not_found", await CodeAsync("GET", "/api/v1/accounts/nobody/balance"));
        _server.Http.DefaultRequestHeaders.Authorization = new("Bearer", "tally_" + new string('0', 38));
        Assert.Equal("unauthenticated", await CodeAsync("GET", "/api/v1/accounts/acme/balance"));
    }

    private async Task<string> CodeAsync(string method, string path) =>
        (string)(await _server.SendAsync(method, path)).Body!["code"]!;

    private async Task GrantAsync(string amount, string bucket, int priority = 100)
    {
        var (status, _, _) = await _server.SendAsync(
            "POST", "/api/v1/accounts/acme/grants",
            $$"""{"amount":"{{amount}}","bucket":"{{bucket}}","priority":{{priority}}}""", $"grant-{bucket}");
        Assert.Equal(201, status);
    }

    private async Task<string> AvailableAsync(string query = "") =>
        (string)(await _server.SendAsync("GET", "/api/v1/accounts/acme/balance" + query)).Body!["available"]!;

    private static IEnumerable<string> Legs(System.Text.Json.Nodes.JsonNode body) =>
        body["breakdown"]!.AsArray().Select(leg => $"{leg!["bucket"]} {leg["amount"]}");
}
