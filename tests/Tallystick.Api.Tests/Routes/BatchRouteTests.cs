using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tallystick.Core.Journal;
using Tallystick.Engine.Identity;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Routes;

/// <summary>Many operations in one request: each as if it had been sent alone, those of one account in order.</summary>
public abstract class BatchRouteTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : BatchRouteTests(StoreKind.Memory);
    public sealed class OnSqlite() : BatchRouteTests(StoreKind.Sqlite);
    public sealed class OnPostgres() : BatchRouteTests(StoreKind.Postgres);

    [Fact]
    public async Task Operations_on_one_account_are_decided_in_the_order_given_and_each_stands_alone()
    {
        var results = await BatchAsync(
            """{"op":"charge","idempotency_key":"1","account_id":"acme","amount":5}""",
            """{"op":"grant","idempotency_key":"2","account_id":"acme","amount":5}""",
            """{"op":"charge","idempotency_key":"3","account_id":"acme","amount":4}""",
            """{"op":"charge","idempotency_key":"4","account_id":"acme","amount":2}""",
            """{"op":"charge","idempotency_key":"5","account_id":"nobody","amount":1}""",
            """{"op":"charge","idempotency_key":"6","account_id":"acme","amount":"one"}""",
            """{"op":"charge","idempotency_key":"7","account_id":"acme","amount":1}""");

        Assert.Equal([402, 201, 201, 402, 404, 400, 201], results.Select(Status));
        Assert.Equal(["insufficient_credits", "insufficient_credits", "not_found", "invalid_amount"],
            results.Where(result => Status(result) >= 400).Select(result => (string)result["body"]!["code"]!));
        await MustShowAsync("0");
    }

    /// <summary>So many that PostgreSQL writes the state more seldom: what trails it is folded.</summary>
    [Fact]
    public async Task Thousands_of_unpaid_charges_are_shown_at_once_and_paid_by_what_comes()
    {
        (await Server.SendAsync("PUT", "~/accounts/acme", """{"overdraft_limit":10000}""")).Must(200);
        for (var batch = 0; batch < 5; batch++)
            await BatchAsync([.. Enumerable.Range(0, 900).Select(i =>
                $$"""{"op":"charge","idempotency_key":"{{batch}}-{{i}}","account_id":"acme","amount":1}""")]);
        for (var owed = 4_501; owed <= 4_600; owed++)
        {
            (await ChargeAsync("1")).Must(201);
            await MustShowAsync($"-{owed}", debt: $"{owed}");
        }
        await GrantAsync("4550");
        await MustShowAsync("-50", debt: "50");
        await GrantAsync("60");
        await MustShowAsync("10");
    }

    [Fact]
    public async Task Every_operation_has_the_answer_that_it_would_have_had_alone()
    {
        await GrantAsync("100");
        var (hold, other) = (await HoldAsync("5"), await HoldAsync("5"));
        var (charge, grant) = (await ChargeAsync("5"), await GrantAsync("3"));
        var later = At(TimeSpan.FromDays(1));
        foreach (var (op, id, path, body) in new[]
            {
                ("grant", "\"account_id\":\"acme\"", "accounts/acme/grants", "\"amount\":1,\"bucket\":\"b\""),
                ("charge", null, "charges", "\"account_id\":\"acme\",\"amount\":1,\"metadata\":{\"b\":1,\"a\":2}"),
                ("hold", null, "holds", "\"account_id\":\"acme\",\"amount\":1"),
                ("refund", $"\"charge_id\":\"{charge.Id}\"", $"charges/{charge.Id}/refund", "\"amount\":1"),
                ("extend", $"\"hold_id\":\"{hold.Id}\"", $"holds/{hold.Id}/extend", $"\"expires_at\":\"{later}\""),
                ("capture", $"\"hold_id\":\"{hold.Id}\"", $"holds/{hold.Id}/capture", "\"amount\":1,\"final\":false"),
                ("release", $"\"hold_id\":\"{other.Id}\"", $"holds/{other.Id}/release", ""),
                ("void", $"\"grant_id\":\"{grant.Id}\"", $"grants/{grant.Id}/void", "\"claw_back_used\":true"),
            })
        {
            var members = string.Join(
                ',', new[] { $"\"op\":\"{op}\"", id, body }.Where(part => part is { Length: > 0 }));
            var batched = Assert.Single(await BatchAsync($"{{{members},\"idempotency_key\":\"b-{op}\"}}"));
            Assert.False((bool)batched["replayed"]!);
            // What the batch did, the single route replays; and the reverse.
            var alone = await Server.PostAsync($"~/{path}", $"{{{body}}}", $"b-{op}");
            Assert.Equal(
                (Status(batched), batched["body"]!.ToJsonString()), (alone.Status, alone.Body!.ToJsonString()));
            Assert.True(alone.IsReplay, op);
            var again = Assert.Single(await BatchAsync($"{{\"idempotency_key\":\"b-{op}\",{members}}}"));
            Assert.True((bool)again["replayed"]!);
            Assert.Equal(alone.Bytes, JsonSerializer.SerializeToUtf8Bytes(again["body"]));
        }
        var single = (await ChargeAsync("2", "alone")).Must(201);
        var replay = Assert.Single(await BatchAsync(
            """{"op":"charge","idempotency_key":"alone","account_id":"acme","amount":"2"}"""));
        Assert.True((bool)replay["replayed"]!);
        Assert.Equal(single.Body!.ToJsonString(), replay["body"]!.ToJsonString());
        Assert.Equal(422, Status(Assert.Single(await BatchAsync(
            """{"op":"charge","idempotency_key":"alone","account_id":"acme","amount":"3"}"""))));
    }

    [Fact]
    public async Task Twins_within_a_batch_make_one_effect_D1()
    {
        await GrantAsync("10");
        var results = await BatchAsync(Enumerable.Repeat(
            """{"op":"charge","idempotency_key":"t","account_id":"acme","amount":1}""", 64).ToArray());
        Assert.Equal(63, results.Count(result => (bool)result["replayed"]!));
        Assert.Single(results.Select(result => result["body"]!.ToJsonString()).Distinct());
        await MustShowAsync("9");
    }

    [Fact]
    public async Task Ten_thousand_operations_are_taken_and_one_more_is_not()
    {
        await GrantAsync("10000");
        var operations = Enumerable.Range(0, 10_001).Select(i =>
            $$"""{"op":"charge","idempotency_key":"n-{{i}}","account_id":"acme","amount":1}""").ToArray();
        var clock = Stopwatch.StartNew();
        var results = await BatchAsync(operations[..10_000]);
        TestContext.Current.TestOutputHelper!.WriteLine($"{Store}: 10,000 charges in {clock.ElapsedMilliseconds} ms");

        Assert.Equal([201], results.Select(Status).Distinct());
        Assert.Equal(
            Enumerable.Range(1, 10_000).Select(i => Six($"{10_000 - i}")),
            results.Select(result => (string)result["body"]!["available_after"]!));
        (await SendAsync(operations)).MustBe(400, "invalid_request");
        (await SendAsync()).MustBe(400, "invalid_request");
        var again = await BatchAsync(operations[..10_000]);
        Assert.Equal([true], again.Select(result => (bool)result["replayed"]!).Distinct());
    }

    [Fact]
    public async Task A_batch_of_more_than_eight_mebibytes_is_too_large_N3()
    {
        await GrantAsync("10");
        var operation = """{"op":"charge","idempotency_key":"big","account_id":"acme","amount":1}""";
        var room = (8 << 20) - """{"operations":[]}""".Length - operation.Length;
        (await SendAsync(operation + new string(' ', room))).Must(200);
        // A client that asks first is told before it sends.
        using var tooMuch = new HttpRequestMessage(HttpMethod.Post, "/api/v1/batch")
        {
            Content = new StringContent($"{{\"operations\":[{operation}{new string(' ', room + 1)}]}}",
                Encoding.UTF8, "application/json"),
            Headers = { ExpectContinue = true },
        };
        (await Server.SendAsync(tooMuch)).MustBe(413, "payload_too_large");
        await MustShowAsync("9");
    }

    [Theory]
    [InlineData("""{"idempotency_key":"k","account_id":"acme","amount":1}""", "op")]
    [InlineData("""{"op":"gift","idempotency_key":"k","account_id":"acme","amount":1}""", "op")]
    [InlineData("""{"op":7,"idempotency_key":"k","account_id":"acme","amount":1}""", "op")]
    [InlineData("""{"op":"charge","account_id":"acme","amount":1}""", "Idempotency-Key")]
    [InlineData("""{"op":"charge","idempotency_key":"a b","account_id":"acme","amount":1}""", "Idempotency-Key")]
    [InlineData("""{"op":"charge","idempotency_key":5,"account_id":"acme","amount":1}""", "idempotency_key")]
    [InlineData("""{"op":"charge","idempotency_key":"k","account_id":"acme","amount":1,"price":1}""", "price")]
    [InlineData("""{"op":"charge","idempotency_key":"k","account_id":"acme","amount":1,"hold_id":"x"}""", "hold_id")]
    [InlineData("""{"op":"charge","idempotency_key":"k","account_id":"acme"}""", "amount")]
    [InlineData("""{"op":"refund","idempotency_key":"k"}""", "charge_id")]
    [InlineData("""{"op":"capture","hold_id":5,"amount":1}""", "hold_id")]
    [InlineData("[]", "operations")]
    [InlineData("null", "operations")]
    public async Task A_malformed_operation_fails_alone_N2(string operation, string member)
    {
        await GrantAsync("5");
        var results = await BatchAsync(
            """{"op":"charge","idempotency_key":"before","account_id":"acme","amount":1}""", operation,
            """{"op":"charge","idempotency_key":"after","account_id":"acme","amount":1}""");
        Assert.Equal([201, 400, 201], results.Select(Status));
        Assert.NotNull(results[1]["body"]!["errors"]![member]);
        await MustShowAsync("3");
    }

    [Theory]
    [InlineData("""{"operations":[{"\ud800":1}]}""")]
    [InlineData("""{"operations":[{"op":"\udc00"}]}""")]
    [InlineData("""{"operations":[{"op":"charge","op":"grant"}]}""")]
    [InlineData("""{"operations":{}}""")]
    [InlineData("""{"operations":[],"atomic":true}""")]
    [InlineData("""{}""")]
    public async Task A_malformed_batch_does_nothing_N2_N5(string body) =>
        (await Server.PostAsync("~/batch", body)).MustBe(400, "invalid_request");

    [Fact]
    public async Task An_operation_on_the_projects_own_journal_is_not_found_and_the_others_are_answered_N10()
    {
        await GrantAsync("5");
        var own = ChainKey.OfProject(KeyRing.DefaultProject);
        var results = await BatchAsync(
            """{"op":"charge","idempotency_key":"before","account_id":"acme","amount":1}""",
            $$"""{"op":"release","hold_id":"{{ThingId.Format(ThingId.Hold, own, new(82, 0))}}"}""",
            $$"""{"op":"void","grant_id":"{{ThingId.Format(ThingId.Grant, own, new(1, 0))}}"}""",
            """{"op":"charge","idempotency_key":"after","account_id":"acme","amount":1}""");
        Assert.Equal([201, 404, 404, 201], results.Select(Status));
        await MustShowAsync("3");
    }

    [Fact]
    public async Task What_one_operation_fails_by_is_its_own_result_and_the_others_are_answered()
    {
        await GrantAsync("5");
        var charge = (await ChargeAsync("1")).Must(201);
        if (Server.Memory is not { } memory) return;
        memory.BeforeRecord = _ => throw new InvalidCastException("a bug");
        var refund = $$"""{"op":"refund","idempotency_key":"bug","charge_id":"{{charge.Id}}","amount":1}""";
        var results = await BatchAsync(
            """{"op":"charge","idempotency_key":"before","account_id":"acme","amount":1}""", refund,
            """{"op":"charge","idempotency_key":"after","account_id":"acme","amount":1}""");
        memory.BeforeRecord = null;
        Assert.Equal([201, 500, 201], results.Select(Status));
        Assert.Equal(("internal", 32), ((string)results[1]["body"]!["code"]!,
            ((string)results[1]["body"]!["trace_id"]!).Length));
        Assert.Equal(201, Status(Assert.Single(await BatchAsync(refund))));
        await MustShowAsync("3");
    }

    private static int Status(JsonNode result) => (int)result["status"]!;

    private async Task<List<JsonNode>> BatchAsync(params string[] operations) =>
        [.. (await SendAsync(operations)).Must(200).Body!["results"]!.AsArray().Select(result => result!)];

    private Task<ApiReply> SendAsync(params string[] operations) =>
        Server.PostAsync("~/batch", $"{{\"operations\":[{string.Join(',', operations)}]}}");
}
