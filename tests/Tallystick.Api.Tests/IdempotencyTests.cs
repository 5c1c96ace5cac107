using System.Text;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>Keys: what they look like, what claims them, what they are compared by, and twins at once.</summary>
public abstract class IdempotencyTests(StoreKind store) : ApiTests(store)
{
    private const int Twins = 64;

    public sealed class OnMemory() : IdempotencyTests(StoreKind.Memory);
    public sealed class OnSqlite() : IdempotencyTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : IdempotencyTests(StoreKind.Postgres);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await GrantAsync("100");
    }

    [Fact]
    public async Task Sixty_four_twins_at_once_make_one_effect_whatever_they_ask_D1_R1()
    {
        var hold = await HoldAsync("4");
        var (charge, grant, job) = (await ChargeAsync("5"), await GrantAsync("7"),
            await Server.PostAsync("~/jobs", """{"account_id":"acme","rows":2}""", "job"));
        foreach (var (path, body, key) in new[]
            {
                ("~/accounts/acme/grants", """{"amount":1}""", "t-grant"),
                ("~/charges", """{"account_id":"acme","amount":1}""", "t-charge"),
                ("~/holds", """{"account_id":"acme","amount":1}""", "t-hold"),
                ("~/jobs", """{"account_id":"acme","rows":1}""", "t-job"),
                ($"~/charges/{charge.Id}/refund", """{"amount":1}""", "t-refund"),
                ($"~/holds/{hold.Id}/capture", """{"amount":1,"final":false}""", "t-part"),
                ($"~/holds/{hold.Id}/extend", $$"""{"expires_at":"{{At(TimeSpan.FromDays(2))}}"}""", null),
                ($"~/holds/{hold.Id}/capture", """{"amount":1}""", null),
                ($"~/jobs/{job.Id}/complete", "{}", null),
                ($"~/grants/{grant.Id}/void", "{}", null),
            })
        {
            var before = await LengthAsync();
            var replies = await Task.WhenAll(Enumerable.Range(0, Twins).Select(_ => Server.PostAsync(path, body, key)));
            Assert.Equal(before + 1, await LengthAsync());
            var first = Assert.Single(replies, reply => !reply.IsReplay);
            Assert.True(first.Status is 200 or 201, first.Body!.ToJsonString());
            foreach (var twin in replies.Where(reply => reply.IsReplay)) twin.MustReplay(first);
        }
        await MustShowAsync("90", "2");
    }

    [Fact]
    public async Task A_refused_request_leaves_its_key_free_D2_I9()
    {
        (await Server.PostAsync("~/charges", """{"account_id":"acme","amount":"x"}""", "k")).Must(400);
        (await Server.PostAsync("~/charges", """{"account_id":"acme","amount":1""", "k")).Must(400);
        (await Server.PostAsync("~/charges", new string(' ', 1 << 20) + "{}", "k")).Must(413);
        using (var plain = new HttpRequestMessage(HttpMethod.Post, "/api/v1/charges"))
        {
            plain.Content = new StringContent("""{"account_id":"acme","amount":1}""", Encoding.UTF8, "text/plain");
            plain.Headers.Add("Idempotency-Key", "k");
            (await Server.SendAsync(plain)).Must(415);
        }
        (await ChargeAsync("1000", "k")).Must(402);
        (await Server.PostAsync("~/charges", """{"account_id":"nobody","amount":1}""", "k")).Must(404);
        (await HoldAsync("1", "k", "\"expires_in\":31000000")).Must(422);
        await Server.PostAsync("~/accounts/acme/suspend");
        (await ChargeAsync("1", "k")).Must(403);
        await Server.PostAsync("~/accounts/acme/reactivate");
        var first = (await ChargeAsync("1", "k")).Must(201);
        Assert.False(first.IsReplay);
        (await ChargeAsync("1", "k")).MustReplay(first);
    }

    [Fact]
    public async Task What_two_requests_mean_is_compared_and_not_how_it_is_written_D3_I7()
    {
        const string Members = """ "reference_id":"r","metadata":{"a":{"x":1,"y":[1,2]},"b":"é"} """;
        var first = (await ChargeAsync("1.50", "k", Members)).Must(201);
        foreach (var same in new[]
            {
                """
                {"metadata":{"b":"\u00e9","a":{"y":[1,2],"x":1}},"reference_id":"r","amount":1.5,"account_id":"acme"}
                """,
                """
                 {"account_id":"acme", "amount":"1.500000","reference_id":"\u0072",
                "metadata":{"a":{"x":1,"y":[1,2]},"b":"é"},"description":null}
                """,
            })
            (await Server.PostAsync("~/charges", same, "k")).MustReplay(first);
        foreach (var (amount, other) in new[]
            {
                ("1.500001", Members),
                ("1.50", """ "reference_id":"R","metadata":{"a":{"x":1,"y":[1,2]},"b":"é"} """),
                ("1.50", """ "reference_id":"r","metadata":{"a":{"x":1,"y":[2,1]},"b":"é"} """),
                ("1.50", """ "reference_id":"r","metadata":{"a":{"x":1,"y":[1,2]},"b":"é"},"description":"" """),
                ("1.50", """ "reference_id":"r" """),
            })
            (await ChargeAsync(amount, "k", other)).MustBe(422, "idempotency_mismatch");
        (await HoldAsync("1.50", "k", Members)).MustBe(422, "idempotency_mismatch");
        foreach (var (path, other) in new[]
            { ("~/accounts/acme/grants", """{"amount":"1.50"}"""), ($"~/charges/{first.Id}/refund", "{}") })
            (await Server.PostAsync(path, other, "k")).MustBe(422, "idempotency_mismatch");
        await MustShowAsync("98.5");
    }

    [Fact]
    public async Task Times_are_compared_by_the_instant_and_paths_by_the_thing_D3()
    {
        var (one, other) = (await ChargeAsync("2"), await ChargeAsync("2"));
        var first = (await Server.PostAsync(
            "~/accounts/acme/grants", """{"amount":1,"expires_at":"2026-02-01T12:00:00+02:00"}""", "g")).Must(201);
        (await Server.PostAsync(
            "~/accounts/acme/grants", """{"amount":1,"expires_at":"2026-02-01T10:00:00.000Z"}""", "g"))
            .MustReplay(first);
        (await RefundAsync(one, "1", "r")).Must(201);
        (await RefundAsync(other, "1", "r")).MustBe(422, "idempotency_mismatch");
    }

    [Fact]
    public async Task A_key_belongs_to_its_account_D3_D6()
    {
        (await Server.SendAsync("PUT", "~/accounts/other")).Must(201);
        await GrantAsync("5", account: "other");
        var first = (await ChargeAsync("1", "k")).Must(201);
        var other = (await Server.PostAsync("~/charges", """{"account_id":"other","amount":"1"}""", "k")).Must(201);
        Assert.False(other.IsReplay);
        Assert.NotEqual(first.Id, other.Id);
    }

    [Fact]
    public async Task One_key_with_thirty_two_meanings_at_once_is_claimed_by_one_of_them_D4_I7()
    {
        for (var round = 0; round < 5; round++)
        {
            var key = $"d4-{round}";
            var before = await LengthAsync();
            var replies = await Task.WhenAll(
                Enumerable.Range(1, 32).Select(i => ChargeAsync($"0.{i:00}", key)));
            var winner = Assert.Single(replies, reply => reply.Status == 201);
            Assert.Equal(31, replies.Count(reply => (reply.Status, reply["code"]) == (422, "idempotency_mismatch")));
            Assert.Equal(before + 1, await LengthAsync());
            (await ChargeAsync(winner["amount"], key)).MustReplay(winner);
        }
    }

    [Fact]
    public async Task A_twin_of_a_request_that_nobody_waited_for_settles_it_D5_I8()
    {
        for (var i = 0; i < 20; i++)
        {
            var key = $"d5-{i}";
            using var gone = new CancellationTokenSource();
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/charges")
            {
                Content = new StringContent(
                    """{"account_id":"acme","amount":"0.5"}""", Encoding.UTF8, "application/json"),
                Headers = { { "Idempotency-Key", key } },
            };
            var sent = Server.Http.SendAsync(request, gone.Token);
            await Task.Delay(TimeSpan.FromMicroseconds(150 * i));
            await gone.CancelAsync();
            await Task.WhenAny(sent);
            var settled = (await ChargeAsync("0.5", key)).Must(201);
            (await ChargeAsync("0.5", key)).MustReplay(settled);
        }
        await MustShowAsync("90");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a b")]
    [InlineData("tab\there")]
    [InlineData("schlüssel")]
    [InlineData("\u007f")]
    public async Task A_key_is_printable_ascii_without_spaces_D6(string key)
    {
        Assert.StartsWith("HTTP/1.1 400 ", await ChargeRawAsync($"Idempotency-Key: {key}\r\n"));
        await MustShowAsync("100");
    }

    [Fact]
    public async Task A_key_is_given_once_and_has_at_most_255_characters_D6()
    {
        (await ChargeAsync("1", new string('k', 256))).MustBe(400, "invalid_request");
        (await Server.PostAsync("~/charges", """{"account_id":"acme","amount":1}""")).MustBe(400, "invalid_request");
        Assert.StartsWith("HTTP/1.1 400 ", await ChargeRawAsync("Idempotency-Key: a\r\nIdempotency-Key: a\r\n"));
        var first = (await ChargeAsync("1", new string('k', 255))).Must(201);
        (await ChargeAsync("1", new string('k', 255))).MustReplay(first);
        (await ChargeAsync("1", "\"quoted';--%_{}")).Must(201);
        (await ChargeAsync("1", "\"QUOTED';--%_{}")).Must(201);
        await MustShowAsync("97");
    }

    [Fact]
    public async Task A_read_takes_no_notice_of_a_key()
    {
        await ChargeAsync("1", "k");
        var balance = await Server.SendAsync("GET", "~/accounts/acme/balance", null, "k");
        Assert.Equal("99.000000", balance.Must(200)["available"]);
        var check = await Server.PostAsync("~/check", """{"account_id":"acme","amount":1}""", "k");
        Assert.Equal("true", check.Must(200)["allowed"]);
    }

    private Task<string> ChargeRawAsync(string keys) => RawRequest.SendAsync(Server,
        $"POST /api/v1/charges HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
        + $"Authorization: {Server.Http.DefaultRequestHeaders.Authorization}\r\n{keys}Content-Length: 32\r\n\r\n"
        + """{"account_id":"acme","amount":1}""");

    private async Task<int> LengthAsync() =>
        (int)(await Server.GetAsync("~/accounts/acme/transactions?limit=1")).Data.Single()["sequence"]!;
}
