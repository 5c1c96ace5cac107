using System.Globalization;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Races;

/// <summary>
/// Requests that race for the same credits over real connections: whoever wins, the sums are exact to the millionth.
/// </summary>
public abstract class RaceTests(StoreKind store) : ApiTests(store)
{
    /// <summary>Pairs that race in one test; more by the environment.</summary>
    private static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("TALLY_RACE_ROUNDS") ?? "120", CultureInfo.InvariantCulture);

    private const int AtOnce = 40;

    public sealed class OnMemory() : RaceTests(StoreKind.Memory);
    public sealed class OnSqlite() : RaceTests(StoreKind.Sqlite);
    public sealed class OnPostgres() : RaceTests(StoreKind.Postgres);

    [Fact]
    public async Task Of_sixty_four_that_spend_the_last_credit_one_does_R1()
    {
        for (var round = 0; round < 10; round++)
        {
            await GrantAsync("1");
            var replies = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => ChargeAsync("1")));
            Assert.Single(replies, reply => reply.Status == 201);
            Assert.All(replies.Where(reply => reply.Status != 201), reply => reply.MustBe(402, "insufficient_credits"));
            await MustShowAsync("0");
        }
        await Books.MustHoldAsync(Server);
    }

    [Fact]
    public async Task Of_a_thousand_that_spend_and_hold_a_hundred_credits_a_hundred_do_R1_I2()
    {
        await GrantAsync("60", "a", 1);
        await GrantAsync("40", "b", 2);
        var lowest = 0m;
        using var done = new CancellationTokenSource();
        var reader = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                lowest = Math.Min(lowest, Books.Amount((await BalanceAsync()).Body!, "available"));
        });
        var replies = await OnConnectionsAsync(64, 1_000, i => i % 2 == 0 ? ChargeAsync("1") : HoldAsync("1"));
        await done.CancelAsync();
        await reader;

        Assert.Equal(100, replies.Count(reply => reply.Status == 201));
        Assert.Equal(900, replies.Count(reply => (reply.Status, reply["code"]) == (402, "insufficient_credits")));
        Assert.Equal(0m, lowest);
        Assert.Equal("0.000000", (await BalanceAsync())["available"]);
        await Books.MustHoldAsync(Server);
    }

    [Fact]
    public async Task A_hot_account_under_sixty_four_connections_never_overspends_and_loses_nothing_R2()
    {
        await GrantAsync("500");
        var (spent, granted) = (0L, 500_000_000L);
        var replies = await OnConnectionsAsync(64, 800, async i =>
        {
            if (i % 10 == 0)
            {
                Interlocked.Add(ref granted, 1_000_000);
                return await GrantAsync("1");
            }
            var hold = await HoldAsync($"0.{i % 9 + 1}");
            if (hold.Status != 201) return hold;
            var used = i % (i % 9 + 2);
            var end = i % 3 == 0 ? await Server.PostAsync($"~/holds/{hold.Id}/release")
                : await CaptureAsync(hold, $"0.{used}");
            if (i % 3 != 0) Interlocked.Add(ref spent, used * 100_000L);
            return end.Must(200);
        });
        Assert.All(replies, reply => Assert.Contains(reply.Status, new[] { 200, 201, 402 }));
        await MustShowAsync(((granted - spent) / 1_000_000m).ToString(CultureInfo.InvariantCulture));
        await Books.MustHoldAsync(Server);
    }

    [Fact]
    public Task Of_two_captures_one_wins_and_the_other_meets_its_end_R5() => RaceAsync(
        hold => CaptureAsync(hold, "3"), hold => CaptureAsync(hold, "5"), (_, one, other) =>
        {
            var (winner, loser) = one.Status == 200 ? (one, other) : (other, one);
            Assert.Equal("captured", loser.MustBe(409, "hold_not_open")["current_status"]);
            return -Books.Amount(winner.Must(200).Body!, "amount");
        });

    [Fact]
    public Task Of_a_capture_and_a_release_one_wins_R7() => RaceAsync(
        hold => CaptureAsync(hold, "3"), hold => Server.PostAsync($"~/holds/{hold.Id}/release"),
        (_, capture, release) =>
        {
            if (capture.Status == 200)
            {
                Assert.Equal("captured", release.MustBe(409, "hold_not_open")["current_status"]);
                return -3m;
            }
            Assert.Equal("released", capture.MustBe(409, "hold_not_open")["current_status"]);
            release.Must(200);
            return 0m;
        });

    [Fact]
    public Task A_capture_and_the_hold_s_end_settle_the_same_amount_in_either_order_R6_I17() => RaceAsync(
        hold => CaptureAsync(hold, "3"), null, (_, capture, _) =>
        {
            Assert.Equal(capture.Must(200)["late"] == "true" ? "0.000000" : "5.000000", capture["released"]);
            return -3m;
        }, "\"expires_in\":60", moveTo: TimeSpan.FromMinutes(1));

    [Fact]
    public Task A_void_and_a_capture_leave_nothing_to_spend_in_either_order() => RaceAsync(
        hold => CaptureAsync(hold, "3"),
        hold => Server.PostAsync($"~/grants/{GrantOf(hold)}/void"), (hold, capture, voided) =>
        {
            capture.Must(200);
            Assert.Contains(voided.Must(200)["held"], new[] { "0.000000", hold["amount"] });
            return -10m;
        });

    [Fact]
    public Task Of_two_refunds_of_more_than_half_one_passes_R8() => RaceAsync(
        hold => CaptureAsync(hold, "8"), null, (_, capture, _) => 0m, then: async capture =>
        {
            var replies = await Task.WhenAll(
                RefundAsync(capture, "4.8"), RefundAsync(capture, "4.9"), RefundAsync(capture, "5"));
            var passed = Assert.Single(replies, reply => reply.Status == 201);
            var left = 8m - Books.Amount(passed.Body!, "amount");
            foreach (var refused in replies.Where(reply => reply.Status != 201))
                Assert.Equal(left, Books.Amount(refused.MustBe(409, "already_refunded").Body!, "refundable"));
            (await RefundAsync(capture)).Must(201);
        });

    [Fact]
    public async Task Fifty_refunds_of_a_part_give_back_the_whole_and_not_a_millionth_more_R8_I19()
    {
        await GrantAsync("3", "a", 1);
        await GrantAsync("7", "b", 2);
        var charge = await ChargeAsync("10");
        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RefundAsync(charge, "0.300001")));
        Assert.Equal(33, replies.Count(reply => reply.Status == 201));
        Assert.Equal("0.099967",
            Assert.Single(replies.Where(reply => reply.Status != 201).Select(
                reply => reply.MustBe(409, "already_refunded")["refundable"]).Distinct()));
        (await RefundAsync(charge)).Must(201);
        Assert.Equal(["a 3.000000", "b 7.000000"], await BucketsAsync());
        await Books.MustHoldAsync(Server);
    }

    [Fact]
    public async Task Credits_that_expire_while_they_are_spent_and_held_go_one_way_each_X1_I21()
    {
        for (var round = 1; round <= 10; round++)
        {
            var end = TimeSpan.FromHours(round);
            var grant = await GrantAsync("20", $"\"expires_at\":\"{At(end)}\"");
            var paid = await GrantAsync("20");
            var requests = Enumerable.Range(0, 30)
                .Select(i => i % 2 == 0 ? ChargeAsync("0.5") : HoldAsync("0.5", more: "\"expires_in\":7200")).ToList();
            var advance = AdvanceAsync(end);
            requests.AddRange(Enumerable.Range(0, 10).Select(_ => ChargeAsync("0.5")));
            var replies = await Task.WhenAll(requests);
            (await advance).Must(200);

            var fromGrant = replies.Where(reply => GrantOf(reply.Must(201)) == grant.Id).ToList();
            var now = await Server.GetAsync($"~/grants/{grant.Id}");
            Assert.Equal(20m, new[] { "used", "held", "expired" }.Sum(pool => Books.Amount(now.Body!, pool)));
            Assert.Equal(fromGrant.Count * 0.5m, Books.Amount(now.Body!, "used") + Books.Amount(now.Body!, "held"));
            Assert.Equal("0.000000", now["remaining"]);
            // What the paid grant gave was asked after the end, and only that.
            Assert.All(replies.Except(fromGrant), reply => Assert.Equal(At(end), reply["created_at"]));
            await Server.PostAsync($"~/grants/{paid.Id}/void");
        }
        await Books.MustHoldAsync(Server);
    }

    [Fact]
    public async Task Changes_of_the_account_beside_its_spending_touch_no_credits_R3()
    {
        await GrantAsync("300");
        var spent = 0;
        await OnConnectionsAsync(32, 600, async i =>
        {
            var reply = (i % 6) switch
            {
                0 => await Server.SendAsync("PUT", "~/accounts/acme", $$"""{"name":"name {{i}}"}"""),
                1 => await Server.PostAsync("~/accounts/acme/suspend"),
                2 => await Server.PostAsync("~/accounts/acme/reactivate"),
                _ => await ChargeAsync("0.75"),
            };
            if (reply.Status == 201) Interlocked.Increment(ref spent);
            Assert.Contains(reply.Status, new[] { 200, 201, 403, 402 });
            return reply;
        });
        await MustShowAsync((300m - spent * 0.75m).ToString(CultureInfo.InvariantCulture));
        await Books.MustHoldAsync(Server);
    }

    /// <summary>
    /// On many accounts at once: a grant of 10, a hold of 8, and two requests at the same time. Each account must have
    /// moved by what the check of the answers says.
    /// </summary>
    private async Task RaceAsync(
        Func<ApiReply, Task<ApiReply>> one, Func<ApiReply, Task<ApiReply>>? other,
        Func<ApiReply, ApiReply, ApiReply, decimal> moved, string? more = null, TimeSpan? moveTo = null,
        Func<ApiReply, Task>? then = null)
    {
        var (advanced, outcomes) = (TimeSpan.Zero, new SortedDictionary<string, int>());
        for (var round = 0; round < Rounds; round += AtOnce)
        {
            var holds = await Task.WhenAll(Enumerable.Range(round, AtOnce).Select(i => PrepareAsync($"r{i}", more)));
            var racing = holds.Select(async hold =>
            {
                var (first, second) = (one(hold), other?.Invoke(hold));
                return (Hold: hold, One: await first, Other: second is null ? await first : await second);
            }).ToList();
            if (moveTo is { } step) (await AdvanceAsync(advanced += step)).Must(200);
            foreach (var (hold, first, second) in await Task.WhenAll(racing))
            {
                var expected = 10m + moved(hold, first, second);
                var outcome = $"{first.Status} {first["late"]} {second.Status} {second["held"]}";
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                if (then is not null)
                {
                    await then(first);
                    expected = 10m;
                }
                var balance = (await Server.GetAsync($"~/accounts/{hold["account_id"]}/balance")).Must(200);
                Assert.Equal((Six($"{expected.ToString(CultureInfo.InvariantCulture)}"), "0.000000"),
                    (balance["available"], balance["held"]));
                await Books.MustHoldAsync(Server, hold["account_id"]);
            }
        }
        TestContext.Current.TestOutputHelper!.WriteLine(
            string.Join('\n', outcomes.Select(outcome => $"{outcome.Value,5} × {outcome.Key}")));
    }

    private async Task<ApiReply> PrepareAsync(string account, string? more)
    {
        (await Server.SendAsync("PUT", $"~/accounts/{account}")).Must(201);
        await GrantAsync("10", account: account);
        var members = more is null ? "" : "," + more;
        return (await Server.PostAsync(
            "~/holds", $$"""{"account_id":"{{account}}","amount":8{{members}}}""", NewKey())).Must(201);
    }

    private static string GrantOf(ApiReply reply) => (string)reply.Body!["breakdown"]![0]!["grant_id"]!;

    private Task<ApiReply> AdvanceAsync(TimeSpan to) => Server.SendAsync(
        "POST", "~/test-clock/advance", $$"""{"to":"{{At(to)}}"}""", client: Server.Admin);

    /// <summary>So many clients, each sending its next request when the last is answered.</summary>
    private static async Task<List<ApiReply>> OnConnectionsAsync(
        int connections, int count, Func<int, Task<ApiReply>> send)
    {
        var (next, replies) = (-1, new ApiReply[count]);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                replies[i] = await send(i);
        }));
        return [.. replies];
    }
}
