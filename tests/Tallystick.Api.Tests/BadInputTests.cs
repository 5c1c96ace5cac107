using System.Text;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>
/// What is not a request: the right 4xx as a problem, and nothing changed. Every test ends with the journal as it was.
/// </summary>
public abstract class BadInputTests(StoreKind store) : ApiTests(store)
{
    private const string Metadata = "metadata", Charge = "~/charges";
    private ApiReply _hold = null!, _charge = null!;
    private string _before = "";

    public sealed class OnMemory() : BadInputTests(StoreKind.Memory);
    public sealed class OnSqlite() : BadInputTests(StoreKind.SqliteTiny);

    public static TheoryData<string> NoAmounts =>
    [
        "1e3", "1e-7", "1E2", "-1", "-0", "-0.0", "1.0000001", "0.0000000", "1234567890123", "1e308",
        "9223372036854775807", "\"NaN\"", "\"Infinity\"", "\"1e3\"", "\"-1\"", "\"-0\"", "\"+1\"", "\"01\"", "\"00\"",
        "\".5\"", "\"1.\"", "\"1,5\"", "\"1_000\"", "\"0x10\"", "\"１\"", "\"٣\"", "\" 1\"", "\"1 \"", "\"1\\n\"",
        "\"1.0000001\"", "\"1234567890123\"", "\"\"", "\"1.5.0\"", "\"½\"", "true", "false", "null", "[]", "[1]", "{}",
    ];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await GrantAsync("10");
        (_hold, _charge) = ((await HoldAsync("2")).Must(201), (await ChargeAsync("1")).Must(201));
        _before = await FingerprintAsync();
    }

    [Theory]
    [MemberData(nameof(NoAmounts))]
    public async Task What_is_no_amount_is_invalid_amount_wherever_it_stands_N1(string amount)
    {
        foreach (var (method, path, member, body) in AmountMembers())
        {
            var isOptional = member is "overdraft_limit" or "credits_per_row"
                || path.EndsWith("refund", StringComparison.Ordinal);
            if (amount == "null" && isOptional) continue;
            // Beside a usage an amount may be null: without one there is none.
            var isAbsent = amount == "null" && !path.EndsWith("grants", StringComparison.Ordinal);
            var text = body.Replace("AMOUNT", amount, StringComparison.Ordinal);
            var reply = (await Server.SendAsync(method, path, text, "k"))
                .MustBe(400, isAbsent ? "invalid_request" : "invalid_amount");
            Assert.NotNull(reply.Body!["errors"]![member]);
        }
        await MustBeUnchangedAsync();
    }

    [Fact]
    public async Task Zero_is_no_amount_where_something_must_move_N1()
    {
        foreach (var zero in new[] { "0", "\"0\"", "\"0.000000\"" })
        foreach (var (method, path, member, body) in AmountMembers())
        {
            if (member == "overdraft_limit" || path.EndsWith("capture", StringComparison.Ordinal)) continue;
            (await Server.SendAsync(method, path, body.Replace("AMOUNT", zero, StringComparison.Ordinal), "k"))
                .MustBe(400, "invalid_amount");
        }
        await MustBeUnchangedAsync();
    }

    [Fact]
    public async Task An_amount_is_read_exactly_as_it_is_written_N1()
    {
        await GrantAsync("999999999999.999999");
        var charge = await Server.PostAsync(Charge, """{"account_id":"acme","amount":123456789012.000001}""", "exact");
        Assert.Equal("123456789012.000001", charge.Must(201)["amount"]);
        for (var i = 0; i < 8; i++) await GrantAsync("999999999999");
        var refused = await Server.PostAsync("~/accounts/acme/grants", """{"amount":"999999999999"}""", "one-too-many");
        refused.MustBe(422, "limit_exceeded");
    }

    [Fact]
    public async Task An_amount_of_a_hundred_thousand_digits_costs_no_time_N1()
    {
        var digits = new string('7', 100_000);
        foreach (var amount in new[] { digits, $"\"{digits}\"", $"0.{digits}" })
            (await Server.PostAsync(Charge, $$"""{"account_id":"acme","amount":{{amount}}}""", "k"))
                .MustBe(400, "invalid_amount");
        await MustBeUnchangedAsync();
    }

    [Theory]
    [InlineData("""{"account_id":"acme"}""", "amount")]
    [InlineData("""{"amount":1}""", "account_id")]
    [InlineData("""{"account_id":null,"amount":1}""", "account_id")]
    [InlineData("""{"account_id":"acme","amount":1,"price":2}""", "price")]
    [InlineData("""{"account_id":"acme","amount":1,"tenant_id":"t"}""", "tenant_id")]
    [InlineData("""{"account_id":"acme","amount":1,"balance":"9"}""", "balance")]
    [InlineData("""{"account_id":"acme","amount":1,"created_at":"2026-01-01T00:00:00Z"}""", "created_at")]
    [InlineData("""{"account_id":"acme","amount":1,"__proto__":{}}""", "__proto__")]
    [InlineData("""{"account_id":"acme","amount":1,"$type":"x"}""", "$type")]
    [InlineData("""{"account_id":"acme","amount":1,"amount":1}""", "amount")]
    [InlineData("""{"account_id":"acme","Amount":1}""", "Amount")]
    [InlineData("""{"account_id":"acme","amount":1,"AMOUNT":1}""", "AMOUNT")]
    [InlineData("""{"account_id":"acme","amount":1,"metadata":{"a":1,"a":2}}""", null)]
    [InlineData("""{"account_id":7,"amount":1}""", "account_id")]
    [InlineData("""{"account_id":"acme","amount":1,"description":5}""", "description")]
    [InlineData("""{"account_id":"acme","amount":1,"metadata":"text"}""", Metadata)]
    [InlineData("""{"account_id":"acme","amount":1""", null)]
    [InlineData("""{"account_id":"acme","amount":1}}""", null)]
    [InlineData("""{"account_id":"acme","amount":1} {}""", null)]
    [InlineData("""{"account_id":"acme","amount":1,}""", null)]
    [InlineData("""{"account_id":"acme","amount":1/*one*/}""", null)]
    [InlineData("""{'account_id':'acme','amount':1}""", null)]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    [InlineData("7", null)]
    [InlineData("\"acme\"", null)]
    public async Task What_is_not_the_contract_is_invalid_request_and_the_member_is_named_N2(
        string body, string? member)
    {
        var reply = (await Server.PostAsync(Charge, body, "k")).MustBe(400, "invalid_request");
        if (member is not null) Assert.True(reply.Body!["errors"]?[member] is not null, reply.Body.ToJsonString());
        await MustBeUnchangedAsync();
    }

    [Theory]
    [InlineData(null, 415)]
    [InlineData("text/plain", 415)]
    [InlineData("application/xml", 415)]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("application/json; charset=utf-8; q=1", 415)]
    [InlineData("application/jsonp", 415)]
    [InlineData("application/json;charset=UTF-8", 201)]
    [InlineData("Application/JSON", 201)]
    public async Task A_body_is_json_in_utf_8_and_says_so_N3(string? type, int status)
    {
        using var request = Request(Encoding.UTF8.GetBytes("""{"account_id":"acme","amount":1}"""));
        request.Content!.Headers.Remove("Content-Type");
        if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        (await Server.SendAsync(request)).Must(status);
    }

    [Fact]
    public async Task A_body_of_no_bytes_too_many_or_packed_ones_is_refused_N3()
    {
        (await Server.PostAsync(Charge, "", "k")).MustBe(400, "invalid_request");
        (await Server.PostAsync(Charge, "\uFEFF{}", "k")).MustBe(400, "invalid_request");
        (await Server.PostAsync(Charge, new string(' ', 1 << 20) + "{}", "k")).MustBe(413, "payload_too_large");

        using var packed = Request([0x1F, 0x8B, 8, 0]);
        packed.Content!.Headers.ContentEncoding.Add("gzip");
        (await Server.SendAsync(packed)).MustBe(415, "unsupported_media_type");

        var (answer, sent) = await RawRequest.EndlessAsync(Server, "/api/v1/charges");
        Assert.StartsWith("HTTP/1.1 413 ", answer);
        Assert.InRange(sent, 1 << 20, 20 << 20);
        await MustBeUnchangedAsync();
    }

    [Fact]
    public async Task What_is_too_deep_too_long_or_too_many_is_refused_N4()
    {
        foreach (var depth in new[] { 65, 20_000 })
            await MetadataAsync($"{Nested("{\"a\":", depth)}1{new string('}', depth)}", 400);
        await MetadataAsync($"{{\"a\":{new string('[', 20_000)}{new string(']', 20_000)}}}", 400);
        await MetadataAsync($"{{\"a\":[{string.Join(',', Enumerable.Repeat('1', 400_000))}]}}", 400);
        await MetadataAsync($"{{\"a\":\"{new string('x', 900_000)}\"}}", 400);
        await MetadataAsync(Members(60_000), 400);
        await MetadataAsync(Members(51), 400);
        await MetadataAsync($"{{\"a\":\"{new string('x', 16_384)}\"}}", 400);
        (await ChargeAsync("1", "k", $"\"description\":\"{new string('x', 1_001)}\"")).MustBe(400, "invalid_request");
        (await ChargeAsync("1", "k", $"\"reference_id\":\"{new string('x', 129)}\"")).MustBe(400, "invalid_request");
        await MustBeUnchangedAsync();
        await MetadataAsync(Members(50), 201);
    }

    [Fact]
    public async Task Metadata_of_thirty_two_levels_is_kept_and_shown_and_no_deeper_N4()
    {
        var deepest = $"{Nested("{\"a\":", 31)}{{\"b\":1}}{new string('}', 31)}";
        var charge = await MetadataAsync(deepest, 201);
        var shown = (await Server.GetAsync("~/accounts/acme/transactions?limit=1")).Must(200).Data.Single();
        Assert.Equal(deepest, shown[Metadata]!.ToJsonString());
        (await Server.GetAsync($"~/transactions/{charge["transaction_id"]}")).Must(200);
        (await Server.SendAsync("PUT", "~/accounts/acme", $"{{\"metadata\":{deepest}}}")).Must(200);
        (await Server.GetAsync("~/accounts")).Must(200);
        await MetadataAsync($"{{\"a\":{deepest}}}", 400);
        await MetadataAsync($"{{\"a\":{new string('[', 32)}{new string(']', 32)}}}", 400);
    }

    [Theory]
    [InlineData("\"description\":\"a\\u0000b\"")]
    [InlineData("\"description\":\"\\u001b[31m\"")]
    [InlineData("\"description\":\"a\\u0085b\"")]
    [InlineData("\"description\":\"a\\rb\"")]
    [InlineData("\"description\":\"\\ud800\"")]
    [InlineData("\"reference_id\":\"\\udc00x\"")]
    [InlineData("\"metadata\":{\"a\":\"\\ud800\"}")]
    [InlineData("\"metadata\":{\"\\ud800\":1}")]
    [InlineData("\"metadata\":{\"a\":[\"\\u0000\"]}")]
    [InlineData("\"metadata\":{\"a\\u0007\":1}")]
    public async Task Text_that_is_no_text_is_refused_N5(string member)
    {
        (await ChargeAsync("1", "k", member)).MustBe(400, "invalid_request");
        await MustBeUnchangedAsync();
    }

    [Fact]
    public async Task Bytes_that_are_not_utf_8_are_refused_wherever_they_stand_N5()
    {
        foreach (var bytes in new byte[][] { [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80] })
        foreach (var place in new[]
            { """ "description":"?" """, """ "metadata":{"a":"?"} """, """ "metadata":{"?":1} """, """ "?":1 """ })
        {
            var text = $"{{\"account_id\":\"acme\",\"amount\":1,{place}}}".Split('?');
            using var request = Request(
                [.. Encoding.UTF8.GetBytes(text[0]), .. bytes, .. Encoding.UTF8.GetBytes(text[1])]);
            (await Server.SendAsync(request)).MustBe(400, "invalid_request");
        }
        await MustBeUnchangedAsync();
    }

    [Theory]
    [InlineData("Grüße, 日本語, 👩‍👩‍👧‍👦")]
    [InlineData("e\u0301 is not \u00e9")]
    [InlineData("right\u202Eleft\u200Bnothing")]
    [InlineData("' OR 1=1; DROP TABLE journal;-- $$ % _ \\x00")]
    [InlineData("=cmd|'/c calc'!A1 <script>alert(1)</script> javascript:")]
    [InlineData("line\nbreak\tand tab {\"level\":\"error\"}")]
    public async Task Text_is_kept_exactly_as_it_came_N5_N6_N7(string text)
    {
        var quoted = System.Text.Json.JsonSerializer.Serialize(text);
        (await ChargeAsync("1", more: $$"""
            "description":{{quoted}},"reference_id":"r","metadata":{"t":{{quoted}}}
            """)).Must(201);
        var shown = (await Server.GetAsync("~/accounts/acme/transactions?reference_id=r")).Must(200).Data.Single();
        Assert.Equal((text, text), ((string)shown["description"]!, (string)shown[Metadata]!["t"]!));
    }

    [Fact]
    public async Task Reference_ids_are_compared_and_never_interpreted_N6()
    {
        foreach (var reference in new[] { "' OR 1=1--", "%", "_", "r\u00e9", "re\u0301", "*" })
            (await Server.GetAsync($"~/accounts/acme/transactions?reference_id={Uri.EscapeDataString(reference)}"))
                .Must(200).MustBeEmpty();
        (await Server.GetAsync("~/accounts/acme/transactions?sort=amount;DROP")).MustBe(400, "invalid_request");
    }

    [Theory]
    [InlineData("' OR 1=1--")]
    [InlineData("tally_' UNION SELECT secret FROM key--")]
    [InlineData("$$;DROP TABLE journal;$$")]
    [InlineData("%")]
    [InlineData("_______________________________")]
    public async Task An_authorization_that_is_a_piece_of_sql_is_no_key_N6(string secret)
    {
        using var request = Request(Encoding.UTF8.GetBytes("""{"account_id":"acme","amount":1}"""));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {secret}");
        using var client = new HttpClient { BaseAddress = Server.Http.BaseAddress };
        (await Server.SendAsync(request, client)).MustBe(401, "unauthenticated");
        await MustBeUnchangedAsync();
    }

    private static string Nested(string open, int depth) => string.Concat(Enumerable.Repeat(open, depth));
    private static string Members(int count) =>
        $"{{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"m{i}\":{i}"))}}}";

    private async Task<ApiReply> MetadataAsync(string metadata, int status) =>
        (await ChargeAsync("1", "metadata", $"\"metadata\":{metadata}")).Must(status);

    private (string Method, string Path, string Member, string Body)[] AmountMembers() =>
    [
        ("POST", Charge, "amount", """{"account_id":"acme","amount":AMOUNT}"""),
        ("POST", "~/accounts/acme/grants", "amount", """{"amount":AMOUNT}"""),
        ("POST", "~/holds", "amount", """{"account_id":"acme","amount":AMOUNT}"""),
        ("POST", "~/check", "amount", """{"account_id":"acme","amount":AMOUNT}"""),
        ("POST", $"~/holds/{_hold.Id}/capture", "amount", """{"amount":AMOUNT}"""),
        ("POST", $"~/charges/{_charge.Id}/refund", "amount", """{"amount":AMOUNT}"""),
        ("POST", "~/jobs", "credits_per_row", """{"account_id":"acme","rows":1,"credits_per_row":AMOUNT}"""),
        ("PUT", "~/accounts/acme", "overdraft_limit", """{"overdraft_limit":AMOUNT}"""),
    ];

    private static HttpRequestMessage Request(byte[] body) => new(HttpMethod.Post, "/api/v1/charges")
    {
        Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } },
        Headers = { { "Idempotency-Key", "k" } },
    };

    private async Task<string> FingerprintAsync() =>
        (await Server.GetAsync("~/accounts/acme/transactions")).Body!.ToJsonString()
        + (await Server.GetAsync("~/accounts")).Body!.ToJsonString();

    private async Task MustBeUnchangedAsync() => Assert.Equal(_before, await FingerprintAsync());
}
