using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>Usage events: each recorded once, charged in the same entry, whatever the account has.</summary>
public abstract class UsageEventTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : UsageEventTests(StoreKind.Memory);
    public sealed class OnSqlite() : UsageEventTests(StoreKind.Sqlite);
    public sealed class OnPostgres() : UsageEventTests(StoreKind.Postgres);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await PutPriceAsync("1000");
        await GrantAsync("10");
    }

    [Fact]
    public async Task An_event_is_recorded_once_whatever_form_it_comes_in_and_order_does_not_matter_I32()
    {
        const string Usage = """{"model":"m","input_tokens":2000}""";
        var time = $"{Now():yyyy-MM-ddTHH:mm:ssZ}";
        var plain = $$$"""
            {"id":"1","source":"/gw","account_id":"acme","occurred_at":"{{{time}}}",
            "usage":{"model":"m","input_tokens":2000,"event_type":"chat"}}
            """.ReplaceLineEndings("");
        var cloud = $$$"""
            {"specversion":"1.0","id":"1","source":"/gw","type":"chat","subject":"acme","time":"{{{time}}}",
            "traceparent":"00-x","data":{{{Usage}}}}
            """.ReplaceLineEndings("");
        var wrapped = cloud.Replace(Usage, $$"""{"account_id":"acme","usage":{{Usage}},"charge":true}""");
        var first = await PostAsync(plain);
        Assert.Equal("accepted 2.000000", Said(first));
        var again = new List<ApiReply>
        {
            await PostAsync(plain), await PostAsync($"[{plain}]"),
            await PostAsync(cloud, "application/cloudevents+json"),
            await PostAsync(wrapped), await PostAsync($"[{cloud}]", "application/cloudevents-batch+json"),
            await PostAsync($"{plain}\n\n{cloud}\r\n", "application/x-ndjson"),
            await PostAsync(
                Usage, headers: [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "%2Fgw"), ("ce-type", "chat"),
                    ("ce-subject", "acme"), ("ce-time", time)]),
        };
        foreach (var result in again.SelectMany(Results))
            Assert.Equal(
                Results(first)[0].ToJsonString().Replace("accepted", "duplicate", StringComparison.Ordinal),
                result.ToJsonString());
        Assert.Equal("8.000000", (await Server.GetAsync("~/accounts/acme/balance"))["available"]);

        var other = await PostAsync(plain.Replace("2000", "2001", StringComparison.Ordinal));
        Assert.Equal("rejected idempotency_mismatch", Said(other));
        var elsewhere = await PostAsync(plain.Replace("/gw", "/other", StringComparison.Ordinal));
        Assert.Equal("accepted 2.000000", Said(elsewhere));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"model\"")]
    [InlineData("{} {}")]
    public async Task A_CloudEvent_in_headers_whose_body_is_no_document_is_rejected(string body)
    {
        var answer = await PostAsync(
            body, headers: [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/gw"), ("ce-type", "chat"),
                ("ce-subject", "acme")]);
        Assert.Equal("rejected invalid_request", Said(answer));
    }

    [Fact]
    public async Task Nothing_that_has_happened_is_refused_for_want_of_credits_or_on_a_suspended_or_closed_account()
    {
        Assert.Equal("accepted 12.000000", Said(await PostAsync(Event("1", 12_000))));
        Assert.Equal("2.000000", (await Server.GetAsync("~/accounts/acme/balance"))["debt"]);
        await Server.PostAsync("~/accounts/acme/suspend");
        Assert.Equal("accepted 1.000000", Said(await PostAsync(Event("2", 1_000))));
        await Server.PostAsync("~/accounts/acme/close");
        Assert.Equal("accepted 1.000000", Said(await PostAsync(Event("3", 1_000))));
        Assert.Equal("4.000000", (await Server.GetAsync("~/accounts/acme/balance"))["debt"]);
    }

    [Fact]
    public async Task What_is_only_metered_takes_nothing_and_needs_no_price()
    {
        var metered = Results(await PostAsync(Event("1", 1_000, "m", ",\"charge\":false")))[0];
        Assert.Equal(("accepted", "0.000000"), ((string)metered["status"]!, (string)metered["amount"]!));
        Assert.Null(metered["charge_id"]);
        Assert.Equal("1.000000", (string)metered["cost"]!["total_cost"]!);
        var unpriced = Results(await PostAsync(Event("2", 1_000, "unknown", ",\"charge\":false")))[0];
        Assert.Equal("accepted", (string)unpriced["status"]!);
        Assert.Null(unpriced["cost"]);
        var kept = await Server.GetAsync($"~/transactions/{unpriced["transaction_id"]}");
        Assert.Equal(1_000, (int)kept.Body!["transaction"]!["usage"]!["input_tokens"]!);
        Assert.Equal("10.000000", (await Server.GetAsync("~/accounts/acme/balance"))["available"]);
    }

    [Fact]
    public async Task Each_event_has_its_own_result_and_only_what_is_wrong_is_rejected()
    {
        var old = $",\"occurred_at\":\"{Now().AddDays(-31):yyyy-MM-ddTHH:mm:ssZ}\"";
        var ahead = $",\"occurred_at\":\"{Now().AddMinutes(6):yyyy-MM-ddTHH:mm:ssZ}\"";
        var late = $",\"occurred_at\":\"{Now().AddDays(-29):yyyy-MM-ddTHH:mm:ssZ}\"";
        string[] lines =
        [
            Event("1", 1_000), "{\"id\":\"2\"", Event("3", 1_000, "unknown"), Event("4", 1_000, "m", old),
            Event("5", 1_000, "m", ahead), Event("6", 1_000, "m", late), "{\"id\":\"7\",\"account_id\":\"acme\"}",
            Event("8", 1_000, account: "nobody"), Event("9", -1), Event("1", 1_000), Event("1", 1_001),
            Event("", 1_000), "[]", Event("10", 1_000, "m", ",\"colour\":1"), Event("11", 1_000),
        ];
        var reply = await PostAsync(string.Join('\n', lines), "application/x-ndjson");
        Assert.Equal(
            """
            accepted 1.000000,rejected invalid_request,rejected unknown_price,rejected invalid_request,
            rejected invalid_request,accepted 1.000000,rejected invalid_request,rejected not_found,
            rejected invalid_request,duplicate 1.000000,rejected idempotency_mismatch,rejected invalid_request,
            rejected invalid_request,rejected invalid_request,accepted 1.000000
            """.ReplaceLineEndings(""),
            Said(reply));
        Assert.Equal(
            (3, 1, 11), ((int)reply.Body!["accepted"]!, (int)reply.Body["duplicates"]!, (int)reply.Body["rejected"]!));
        Assert.Equal("7.000000", (await Server.GetAsync("~/accounts/acme/balance"))["available"]);
    }

    [Fact]
    public async Task In_an_array_too_an_event_that_is_no_text_is_rejected_alone()
    {
        const string Half = ",\"description\":\"\\ud800\"";
        const string Cloud = """
            {"specversion":"1.0","id":"4","source":"\ud800","type":"chat","subject":"acme","data":{"model":"m"}}
            """;
        string[] events =
        [
            Event("1", 1_000), Event("2", 1_000, more: Half), Event("\\ud800", 1_000), Cloud, Event("3", 1_000),
        ];
        Assert.Equal(
            """
            accepted 1.000000,rejected invalid_request,rejected invalid_request,rejected invalid_request,
            accepted 1.000000
            """.ReplaceLineEndings(""),
            Said(await PostAsync($"[{string.Join(',', events)}]")));
        Assert.Equal("rejected invalid_request", Said(await PostAsync(events[1])));
    }

    [Fact]
    public async Task An_event_is_priced_by_its_own_time_and_refunded_by_its_charge()
    {
        var before = $",\"occurred_at\":\"{Now().AddHours(-1):yyyy-MM-ddTHH:mm:ssZ}\"";
        await PutPriceAsync("3000");
        Assert.Equal("accepted 1.000000", Said(await PostAsync(Event("1", 1_000, "m", before))));
        var now = await PostAsync(Event("2", 1_000));
        Assert.Equal("accepted 3.000000", Said(now));
        var charge = (string)Results(now)[0]["charge_id"]!;
        (await Server.PostAsync($"~/charges/{charge}/refund", "{}", "r")).Must(201);
        Assert.Equal("9.000000", (await Server.GetAsync("~/accounts/acme/balance"))["available"]);
        Assert.Equal("3.000000", (await Server.GetAsync($"~/charges/{charge}"))["refunded"]);
    }

    [Fact]
    public async Task An_event_by_a_licence_is_its_accounts_whatever_its_state_and_found_again_after_a_move_I32()
    {
        (await Server.SendAsync("PUT", "~/accounts/other")).Must(201);
        var license = (await Server.PostAsync("~/licenses", """{"account_id":"acme"}""", "l")).Must(201);
        var key = license["license_key"];
        string Of(string id, int tokens) => Event(id, tokens).Replace(
            "\"account_id\":\"acme\"", $"\"license_key\":\"{key}\"", StringComparison.Ordinal);
        var first = await PostAsync(Of("1", 1_000));
        Assert.Equal("accepted 1.000000", Said(first));
        var entry = await Server.GetAsync($"~/transactions/{Results(first)[0]["transaction_id"]}");
        Assert.Equal(license.Id, (string)entry.Body!["transaction"]!["license_id"]!);
        (await Server.PostAsync($"~/licenses/{license.Id}/deactivate")).Must(200);
        Assert.Equal("accepted 2.000000", Said(await PostAsync(Of("2", 2_000))));

        (await Server.PostAsync($"~/licenses/{license.Id}/move", """{"account_id":"other"}""", "m")).Must(200);
        Assert.Equal("duplicate 1.000000", Said(await PostAsync(Of("1", 1_000))));
        Assert.Equal("accepted 3.000000", Said(await PostAsync(Of("3", 3_000))));
        Assert.Equal("7.000000", (await Server.GetAsync("~/accounts/acme/balance"))["available"]);
        Assert.Equal("3.000000", (await Server.GetAsync("~/accounts/other/balance"))["debt"]);

        var unknown = Of("4", 1).Replace(key, key[..^2] + "00", StringComparison.Ordinal);
        Assert.Equal("rejected license_invalid", Said(await PostAsync(unknown)));
        var both = Event("5", 1).Replace(
            "\"usage\"", $"\"license_key\":\"{key}\",\"usage\"", StringComparison.Ordinal);
        Assert.Equal("rejected invalid_request", Said(await PostAsync(both)));
        var neither = Event("6", 1).Replace("\"account_id\":\"acme\",", "", StringComparison.Ordinal);
        Assert.Equal("rejected invalid_request", Said(await PostAsync(neither)));
    }

    [Fact]
    public async Task Events_count_in_budgets_of_their_model_and_the_next_admission_is_refused()
    {
        (await Server.SendAsync(
            "PUT", "~/budgets/m",
            """{"account_id":"acme","limit":"1.5","scope":{"model":"m"}}""")).Must(200);
        Assert.Equal("accepted 2.000000", Said(await PostAsync(Event("1", 2_000))));
        var refused = await Server.PostAsync(
            "~/charges", """{"account_id":"acme","usage":{"model":"m","input_tokens":1}}""", "k");
        Assert.Equal("budget:m", refused.MustBe(402, "insufficient_credits")["limit_source"]);
    }

    [Fact]
    public async Task Shuffled_and_repeated_events_come_to_the_totals_of_the_set_D7()
    {
        const int Seed = 20_260_131, Events = 1_500;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        var all = Enumerable.Range(1, Events).SelectMany(i => Enumerable.Repeat(Event($"{i}", i), random.Next(1, 6)))
            .ToArray();
        random.Shuffle(all);
        var replies = await Task.WhenAll(all.Chunk(700).Select(some => PostAsync($"[{string.Join(',', some)}]")));
        Assert.Equal(Events, replies.Sum(reply => (int)reply.Body!["accepted"]!));
        Assert.Equal(all.Length - Events, replies.Sum(reply => (int)reply.Body!["duplicates"]!));
        var changed = await PostAsync(
            $"[{string.Join(',', Enumerable.Range(1, 500).Select(i => Event($"{i}", i + 1)))}]");
        Assert.Equal(500, (int)changed.Body!["rejected"]!);
        var balance = await Server.GetAsync("~/accounts/acme/balance");
        Assert.Equal("1115.750000", balance["debt"]);
    }

    [Theory]
    [InlineData("", "application/json", 400)]
    [InlineData("[]", "application/json", 400)]
    [InlineData("{", "application/json", 400)]
    [InlineData("{}", "text/plain", 415)]
    public async Task A_body_that_is_no_list_of_events_is_refused_as_a_whole(string body, string type, int status) =>
        Assert.Equal(status, (await SendAsync(body, type, [])).Status);

    private async Task PutPriceAsync(string input)
    {
        var price = $$$"""{"prices":[{"model":"m","rates":{"input":"{{{input}}}"}}]}""";
        (await Server.SendAsync("PUT", "~/prices", price, client: Server.Admin)).Must(200);
    }

    private static string Event(
        string id, int tokens, string model = "m", string more = "", string account = "acme") => $$$"""
        {"id":"{{{id}}}","account_id":"{{{account}}}",
        "usage":{"model":"{{{model}}}","input_tokens":{{{tokens}}}}{{{more}}}}
        """.ReplaceLineEndings("");

    private static DateTimeOffset Now() => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private async Task<ApiReply> PostAsync(
        string body, string type = "application/json", (string Name, string Value)[]? headers = null) =>
        (await SendAsync(body, type, headers ?? [])).Must(200);

    private async Task<ApiReply> SendAsync(string body, string type, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/usage/events");
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Server.SendAsync(request);
    }

    private static List<JsonNode> Results(ApiReply reply) => [.. reply.Body!["results"]!.AsArray().Select(one => one!)];

    /// <summary>Each result as its status and amount, or code.</summary>
    private static string Said(ApiReply reply) => string.Join(
        ',', Results(reply).Select(one => $"{one["status"]} {one["error"]?["code"] ?? one["amount"]}"));
}
