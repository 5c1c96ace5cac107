using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Tallystick.Core.Time;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Races;

/// <summary>Many clients do everything at once to one account: it has one order, and the model agrees.</summary>
public abstract class LinearTests(StoreKind store) : ApiTests(store)
{
    private const int Clients = 32, RoundsOfOneClient = 9;
    private static readonly int Hours = int.Parse(
        Environment.GetEnvironmentVariable("TALLY_LINEAR_HOURS") ?? "3", CultureInfo.InvariantCulture);

    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly ConcurrentQueue<string> _holds = new(), _charges = new();
    private readonly int _seed = int.Parse(
        Environment.GetEnvironmentVariable("TALLY_TEST_SEED") ?? $"{Environment.TickCount}",
        CultureInfo.InvariantCulture);

    public sealed class OnMemory() : LinearTests(StoreKind.Memory);
    public sealed class OnSqlite() : LinearTests(StoreKind.Sqlite);
    public sealed class OnPostgres() : LinearTests(StoreKind.Postgres);

    [Fact]
    public async Task Spends_holds_grants_refunds_ends_and_reads_of_one_account_have_one_order_R2_I2_I18()
    {
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine($"TALLY_TEST_SEED={_seed}");
        for (var hour = 0; hour < Hours; hour++)
        {
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => RunAsync(hour, client)));
            (await Server.SendAsync(
                "POST", "~/test-clock/advance", $$"""{"to":"{{At(TimeSpan.FromHours(hour + 1))}}"}""",
                client: Server.Admin)).Must(200);
        }
        var calls = _calls.ToList();
        History.MustBeLinear(calls, await Books.JournalAsync(Server));
        await Books.MustHoldAsync(Server);
        foreach (var outcome in calls.CountBy(call => $"{call.Kind} {call.Reply.Status} {call.Reply["code"]}"))
            output.WriteLine($"{outcome.Value,5} × {outcome.Key}");
        foreach (var wanted in new[] { "hold_not_open", "already_refunded", "insufficient_credits" })
            Assert.True(calls.Any(call => call.Reply["code"] == wanted), $"nobody was told {wanted}");
    }

    private async Task RunAsync(int hour, int client)
    {
        var random = new Random(HashCode.Combine(_seed, hour, client));
        for (var i = 0; i < RoundsOfOneClient; i++) await SendAsync(Choose(random, hour));
    }

    private Call Choose(Random random, int hour)
    {
        var end = ApiServer.Start.Micros + (hour + random.Next(1, 3)) * 3_600_000_000L;
        var call = new Call { Kind = "balance", Started = 0, Key = NewKey(), Amount = random.Next(1, 40) * 50_000L };
        return random.Next(12) switch
        {
            0 or 1 => call with
            {
                Kind = "grant", Amount = random.Next(1, 30) * 50_000L, Bucket = $"b{random.Next(3)}",
                Priority = random.Next(4), ExpiresAt = random.Next(2) == 0 ? end : null,
            },
            2 or 3 => call with { Kind = "charge" },
            4 or 5 => call with { Kind = "hold", ExpiresAt = end },
            6 or 7 when Pick(_holds, random) is { } hold => call with
            {
                Kind = "capture", Subject = hold, Final = random.Next(3) > 0, Amount = random.Next(0, 50) * 50_000L,
            },
            8 when Pick(_holds, random) is { } hold => call with { Kind = "release", Subject = hold },
            9 or 10 when Pick(_charges, random) is { } charge => call with { Kind = "refund", Subject = charge },
            _ => call,
        };
    }

    private async Task SendAsync(Call call)
    {
        var amount = $"\"amount\":\"{(call.Amount / 1_000_000m).ToString(CultureInfo.InvariantCulture)}\"";
        var until = call.ExpiresAt is { } end ? $",\"expires_at\":\"{new Instant(end)}\"" : "";
        var started = Stopwatch.GetTimestamp();
        var reply = call.Kind switch
        {
            "grant" => await Server.PostAsync(
                "~/accounts/acme/grants",
                $"{{{amount},\"bucket\":\"{call.Bucket}\",\"priority\":{call.Priority}{until}}}", call.Key),
            "charge" => await Server.PostAsync("~/charges", $"{{\"account_id\":\"acme\",{amount}}}", call.Key),
            "hold" => await Server.PostAsync("~/holds", $"{{\"account_id\":\"acme\",{amount}{until}}}", call.Key),
            "capture" => await Server.PostAsync(
                $"~/holds/{call.Subject}/capture", $"{{{amount},\"final\":{(call.Final ? "true" : "false")}}}",
                call.Key),
            "release" => await Server.PostAsync($"~/holds/{call.Subject}/release", "{}", call.Key),
            "refund" => await Server.PostAsync($"~/charges/{call.Subject}/refund", $"{{{amount}}}", call.Key),
            _ => await BalanceAsync(),
        };
        _calls.Enqueue(call with { Started = started, Ended = Stopwatch.GetTimestamp(), Reply = reply });
        if (reply.Status == 201 && call.Kind == "hold") _holds.Enqueue(reply.Id);
        if (call.Kind is "charge" or "capture" && reply.Status is 200 or 201) _charges.Enqueue(reply.Id);
    }

    /// <summary>Mostly a young one: the old ones are over.</summary>
    private static string? Pick(ConcurrentQueue<string> ids, Random random)
    {
        var all = ids.ToArray();
        return all.Length == 0 ? null : all[^random.Next(1, Math.Min(all.Length, 24) + 1)];
    }
}
