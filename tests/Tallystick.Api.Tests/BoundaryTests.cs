using System.Text.Json.Nodes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>
/// Instants at which credits come and go: a moment before, at it and a moment after, with nobody sweeping. What the
/// balance shows, what a check promises and what a charge can take are one and the same.
/// </summary>
public abstract class BoundaryTests(StoreKind store) : ApiTests(store)
{
    private static readonly TimeSpan Instant = TimeSpan.FromHours(1);

    public sealed class OnMemory() : BoundaryTests(StoreKind.Memory);
    public sealed class OnSqlite() : BoundaryTests(StoreKind.SqliteTiny);

    public static TheoryData<string, long, string> Cases()
    {
        var cases = new TheoryData<string, long, string>();
        foreach (var (what, before, after) in new[]
            {
                ("expiry", "7", "3"), ("activation", "3", "7"), ("hold's end", "3", "7"),
                ("end of a hold on expired credits", "3", "3"), ("expiry of held credits", "3", "3"),
            })
            foreach (var micros in new[] { -1_000L, -1, 0, 1, 1_000 })
                cases.Add(what, micros, micros < 0 ? before : after);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_is_shown_promised_and_spent_is_the_same_at_every_instant_X2_I22(
        string what, long micros, string available)
    {
        await GrantAsync("3", "steady", 9);
        await PrepareAsync(what);
        MoveTo(Instant + TimeSpan.FromMicroseconds(micros));

        Assert.Equal(Six(available), (await BalanceAsync())["available"]);
        var more = $"{available}.000001";
        var refused = (await ChargeAsync(more)).MustBe(402, "insufficient_credits");
        Assert.Equal(Six(available), refused["available"]);
        Assert.Equal("false", await CheckAsync(more));
        Assert.Equal("true", await CheckAsync(available));
        var charge = (await ChargeAsync(available)).Must(201);
        Assert.Equal("0.000000", charge["available_after"]);
        Assert.Equal("0.000000", (await BalanceAsync())["available"]);
        await Books.MustHoldAsync(Server);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public async Task What_comes_back_to_a_grant_at_its_end_has_expired_and_a_moment_before_has_not_X2_I20_I21(
        long micros, bool isAlive)
    {
        var grant = await GrantAsync("10", $"\"bucket\":\"monthly\",\"expires_at\":\"{At(Instant)}\"");
        var (hold, charge) = ((await HoldAsync("4", more: "\"expires_in\":7200")).Must(201), await ChargeAsync("6"));
        MoveTo(Instant + TimeSpan.FromMicroseconds(micros));

        (await Server.PostAsync($"~/holds/{hold.Id}/release")).Must(200);
        await MustShowAsync(isAlive ? "4" : "0");
        var refund = (await RefundAsync(charge)).Must(201);
        Assert.Equal(isAlive, grant.Id == (string)refund.Body!["breakdown"]![0]!["grant_id"]!);
        await MustShowAsync(isAlive ? "10" : "6");
        await Books.MustHoldAsync(Server);
    }

    [Fact]
    public async Task What_an_account_had_at_an_instant_is_answered_the_same_for_ever_I5()
    {
        var seen = new List<(TimeSpan At, string Balance)>();
        await GrantAsync("20", $"\"bucket\":\"soon\",\"priority\":1,\"expires_at\":\"{At(TimeSpan.FromMinutes(50))}\"");
        await GrantAsync("9", $"\"bucket\":\"later\",\"effective_at\":\"{At(TimeSpan.FromMinutes(70))}\"");
        for (var i = 0; i < 40; i++)
        {
            var at = TimeSpan.FromMinutes(3 * i);
            MoveTo(at);
            var hold = await HoldAsync("0.7", more: "\"expires_in\":400");
            if (i % 3 == 0 && hold.Status == 201) (await CaptureAsync(hold, "0.9")).Must(200);
            var charge = await ChargeAsync("0.4");
            if (i % 4 == 0 && charge.Status == 201) (await RefundAsync(charge, "0.25")).Must(201);
            if (i % 10 == 9) await GrantAsync("1.5");
            seen.Add((at, Figures(await BalanceAsync())));
        }
        MoveTo(TimeSpan.FromDays(2));
        await GrantAsync("100", $"\"expires_at\":\"{At(TimeSpan.FromDays(3))}\"");
        MoveTo(TimeSpan.FromDays(4));
        await Server.RestartAsync();
        foreach (var (at, balance) in seen) Assert.Equal(balance, Figures(await BalanceAsync($"?at={At(at)}")));
        Assert.True(seen.Select(one => one.Balance).Distinct().Count() > 20);
    }

    /// <summary>The clock of the system was put back, or another node's is a little ahead.</summary>
    [Fact]
    public async Task While_the_clock_is_behind_the_account_what_is_shown_and_promised_is_what_can_be_spent_I22()
    {
        var time = new ManualTime();
        time.Advance(TimeSpan.FromDays(20_454));
        await using var server = await ApiServer.StartAsync(Store, clock: new(time));
        (await server.SendAsync("PUT", "~/accounts/acme")).Must(201);
        (await server.PostAsync("~/accounts/acme/grants", """{"amount":5}""", "1")).Must(201);
        var end = $"\"expires_at\":\"{server.Clock.Now.Plus(Core.Time.Duration.FromSeconds(60))}\"";
        (await server.PostAsync("~/accounts/acme/grants", $"{{\"amount\":3,\"priority\":1,{end}}}", "2")).Must(201);
        end = $"\"account_id\":\"acme\",{end}";
        var hold = (await server.PostAsync("~/holds", $"{{{end},\"amount\":4}}", "3")).Must(201);
        var license = (await server.PostAsync("~/licenses", $"{{{end}}}", "4")).Must(201);
        var budget = """{"account_id":"acme","limit":"100"}""";
        (await server.SendAsync("PUT", "~/budgets/all", budget)).Must(200);
        time.Advance(TimeSpan.FromSeconds(120));
        var charge = (await server.PostAsync("~/charges", """{"account_id":"acme","amount":1}""", "5")).Must(201);
        (await server.SendAsync("PUT", "~/accounts/late")).Must(201);

        time.Advance(TimeSpan.FromSeconds(-90));

        (await server.GetAsync("~/accounts/late")).Must(200);
        (await server.GetAsync("~/accounts/late/balance")).Must(200);
        Assert.Equal("4.000000", (await server.GetAsync("~/accounts/acme/balance")).Must(200)["available"]);
        foreach (var (amount, allowed) in new[] { ("4", "true"), ("4.000001", "false") })
            Assert.Equal(allowed, (await server.PostAsync(
                "~/check", $$"""{"account_id":"acme","amount":"{{amount}}"}""")).Must(200)["allowed"]);
        Assert.Equal("expired", (await server.GetAsync($"~/holds/{hold.Id}")).Must(200)["status"]);
        Assert.Equal("4.000000", (await server.GetAsync($"~/holds/{hold.Id}")).Must(200)["available_after"]);
        Assert.Equal("1.000000", (await server.GetAsync("~/budgets/all?account_id=acme")).Must(200)["spent"]);
        Assert.Equal("1.000000", (await server.SendAsync("PUT", "~/budgets/all", budget)).Must(200)["spent"]);
        Assert.Equal("expired", (await server.GetAsync($"~/licenses/{license.Id}")).Must(200)["status"]);
        var last = Uri.EscapeDataString(charge["created_at"]);
        Assert.Equal("4.000000", (await server.GetAsync($"~/accounts/acme/balance?at={last}")).Must(200)["available"]);
        using var holder = new HttpClient
        {
            BaseAddress = server.Http.BaseAddress,
            DefaultRequestHeaders = { Authorization = new("Bearer", license["license_key"]) },
        };
        (await server.SendAsync("GET", "~/credits/balance", client: holder)).MustBe(403, "license_expired");
        Assert.Equal("0.000000", (await server.PostAsync(
            "~/charges", """{"account_id":"acme","amount":4}""", "6")).Must(201)["available_after"]);
    }

    private async Task PrepareAsync(string what)
    {
        var end = $"\"expires_at\":\"{At(Instant)}\"";
        switch (what)
        {
            case "expiry":
                await GrantAsync("4", end);
                break;
            case "activation":
                await GrantAsync("4", $"\"effective_at\":\"{At(Instant)}\"");
                break;
            case "hold's end":
                await GrantAsync("4", "\"priority\":1");
                (await HoldAsync("4", more: end)).Must(201);
                break;
            case "end of a hold on expired credits":
                await GrantAsync("4", $"\"priority\":1,\"expires_at\":\"{At(Instant / 2)}\"");
                (await HoldAsync("4", more: end)).Must(201);
                break;
            default:
                await GrantAsync("4", $"\"priority\":1,{end}");
                (await HoldAsync("4", more: $"\"expires_at\":\"{At(Instant * 2)}\"")).Must(201);
                break;
        }
    }

    private async Task<string> CheckAsync(string amount) =>
        (await Server.PostAsync("~/check", $$"""{"account_id":"acme","amount":"{{amount}}"}""")).Must(200)["allowed"];

    private static string Figures(ApiReply balance) => new JsonObject(
        new[] { "balance", "available", "held", "debt", "buckets", "grants" }.Select(
            member => KeyValuePair.Create<string, JsonNode?>(member, balance.Body![member]!.DeepClone())))
        .ToJsonString();
}
