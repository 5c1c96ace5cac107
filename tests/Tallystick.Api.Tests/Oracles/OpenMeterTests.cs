using System.Globalization;
using System.Text.Json;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Oracles;

/// <summary>
/// Burn-down as OpenMeter's own tests say it comes out (oracle/openmeter-burndown.json), lived through on a test clock.
/// What is left out, by what it has that this ledger has not, is in docs/oracles.md.
/// </summary>
public abstract class OpenMeterTests(StoreKind store, bool restarts)
{
    private const string File = "oracle/openmeter-burndown.json";

    public sealed class OnMemory() : OpenMeterTests(StoreKind.Memory, restarts: false);
    public sealed class OnSqlite() : OpenMeterTests(StoreKind.SqliteTiny, restarts: true);

    [Fact]
    public async Task Every_scenario_that_has_a_counterpart_comes_out_as_it_says()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.Absent);
        var (output, run) = (TestContext.Current.TestOutputHelper!, 0);
        foreach (var scenario in Said.Items(SharedData.Json(File), "scenarios"))
        {
            var id = Said.Word(scenario, "id");
            if (OpenMeterScope.WhyNot(scenario) is { } reason)
            {
                Assert.Contains($"| `{reason}` |", RepositoryFile.Read("docs/oracles.md"));
                output.WriteLine($"{id} left out: {reason}");
                continue;
            }
            try
            {
                await RunAsync(scenario);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"{id} {Said.Word(scenario, "name")}: {fault.Message}", fault);
            }
            run++;
        }
        output.WriteLine($"{run} scenarios ran");
        Assert.True(run > 0, "nothing ran");
    }

    private Task RunAsync(JsonElement scenario)
    {
        if (OpenMeterScope.IsOfPeriods(scenario)) return new PeriodOracle(StartAsync).RunAsync(scenario);
        var (given, when) = (scenario.GetProperty("given"), scenario.GetProperty("when"));
        if (when.TryGetProperty("collect", out _)) return CollectAsync(given, when, scenario.GetProperty("expect"));
        return when.TryGetProperty("op", out var op) ? op.GetString() switch
        {
            "burn-down order" => OrderAsync(given, scenario.GetProperty("expect")),
            "windowed history" => HistoryAsync(given, when, scenario),
            _ => PeriodAsync(given, when, scenario.GetProperty("expect")),
        }
        : BalanceAsync(given, Said.Time(when, "balance_at"), scenario);
    }

    private async Task BalanceAsync(JsonElement given, Instant until, JsonElement scenario)
    {
        var expect = scenario.GetProperty("expect");
        await using var lived = await LiveAsync(given, until);
        await MustBeAsync(lived.Run, given, expect);
        await MustBeThroughoutAsync(lived.Run, expect);
        if (!scenario.TryGetProperty("model_result", out var second)) return;
        await MustBeAsync(lived.Run, given, second);
        await MustBeThroughoutAsync(lived.Run, second);
        if (!expect.TryGetProperty("property", out _)) return;
        // The same run again, for the properties, which all say that it makes no difference.
        await using var again = await LiveAsync(given, until);
        await MustBeAsync(again.Run, given, second);
    }

    private static async Task MustBeAsync(BurnDown run, JsonElement given, JsonElement expect)
    {
        var (end, left) = (run.End, await run.LeftAsync(run.End));
        var debt = Books.Amount(await run.Wallet.BalanceAsync(end), "debt");
        var used = await run.UsedAsync(run.From, new(end.Micros + 1));
        var before = given.TryGetProperty("starting_snapshot", out var snapshot) ? snapshot : default;
        var (usedBefore, grantsBefore) = before.ValueKind == JsonValueKind.Undefined ? (0m, 0m)
            : (Said.NumberOr(before, "usage_in_period", 0), Said.NumberOr(before, "total_grant_usage", 0));
        foreach (var balance in Members(expect, "balances")) Equal(balance.Name, balance.Value, left[balance.Name]);
        foreach (var figure in expect.EnumerateObject())
            switch (figure.Name)
            {
                case "overage": Equal("overage", figure.Value, debt); break;
                case "balance_total": Equal("balance", figure.Value, left.Values.Sum()); break;
                case "usage_in_period": Equal("usage", figure.Value, usedBefore + used); break;
                case "total_grant_usage": Equal("paid", figure.Value, grantsBefore + used - debt); break;
                case "total_available_grant_amount":
                    Equal("granted", figure.Value, grantsBefore + used - debt + left.Values.Sum());
                    break;
            }
    }

    /// <summary>At the start of each of its segments, and what each of them used.</summary>
    private static async Task MustBeThroughoutAsync(BurnDown run, JsonElement expect)
    {
        if (!expect.TryGetProperty("segments", out var segments) || segments.ValueKind != JsonValueKind.Array) return;
        foreach (var segment in segments.EnumerateArray())
        {
            var (from, to) = (Said.Time(segment, "from"), Said.Time(segment, "to"));
            if (from == to) continue;
            var start = Members(segment, "balance_at_start").Sum(balance => Said.Number(balance.Value))
                - Said.NumberOr(segment, "overage_at_start", 0);
            Assert.Equal((from, start), (from, await run.NetAsync(from)));
            Equal($"usage from {from}", segment.GetProperty("usage"), await run.UsedAsync(from, to));
        }
    }

    private async Task HistoryAsync(JsonElement given, JsonElement when, JsonElement scenario)
    {
        var window = TimeSpan.Parse(Said.Word(when, "window"), CultureInfo.InvariantCulture).Ticks / 10;
        var from = Said.Time(when, "from");
        var until = new Instant(from.Micros + when.GetProperty("windows").GetInt32() * window);
        await using var lived = await LiveAsync(given, until);
        var expected = Members(scenario.GetProperty("expect"), "windows")
            .Select(one => (int.Parse(one.Name, CultureInfo.InvariantCulture), one.Value))
            .Concat(scenario.TryGetProperty("model_result", out var second)
                ? Said.Items(second, "windows").Select((one, i) => (i, one)) : []);
        foreach (var (i, expect) in expected)
        {
            var start = new Instant(from.Micros + i * window);
            if (Said.Has(expect, "balance_at_start"))
                Equal($"at {start}", expect.GetProperty("balance_at_start"), await lived.Run.NetAsync(start));
            if (Said.Has(expect, "usage"))
                Equal($"from {start}", expect.GetProperty("usage"),
                    await lived.Run.UsedAsync(start, new(start.Micros + window)));
        }
    }

    /// <summary>A grant can be spent in its effective period, from its first instant until before its last.</summary>
    private async Task PeriodAsync(JsonElement given, JsonElement when, JsonElement expect)
    {
        var grant = Said.Items(given, "grants").Single();
        var amount = Said.Number(grant, "amount");
        var times = new[] { "effective_at", "expires_at", "voided_at", "deleted_at" }
            .Select(member => Said.TimeOrNull(grant, member)).OfType<Instant>().ToList();
        await using var lived = await LiveAsync(given, new(times.Max().Micros + 86_400_000_000));
        if (when.TryGetProperty("at", out var at))
        {
            var isActive = await lived.Run.Wallet.AvailableAsync(Said.Time(at)) > 0;
            Assert.Equal(expect.GetProperty("active").GetBoolean(), isActive);
            return;
        }
        var (from, to) = (Said.Time(expect, "from"), Said.TimeOrNull(expect, "to") ?? lived.Run.End);
        foreach (var (instant, inside) in new[]
            { (from.Micros, from < to), (to.Micros - 1, from < to), (to.Micros, to == lived.Run.End) })
            Assert.Equal(
                (instant, inside ? amount : 0m), (instant, await lived.Run.Wallet.AvailableAsync(new(instant))));
    }

    /// <summary>All grants at once, each by its age and its end: one charge of all takes them in their order.</summary>
    private async Task OrderAsync(JsonElement given, JsonElement expect)
    {
        var grants = Said.Items(given, "grants").OrderBy(grant => Said.Time(grant, "created_at"))
            .ThenBy(grant => Said.Word(grant, "id"), StringComparer.Ordinal).ToList();
        await using var server = await StartAsync(Said.Time(grants[0], "created_at"));
        var wallet = await Wallet.OpenAsync(server, "acme", mayOwe: false);
        foreach (var grant in grants)
        {
            // Ends are compared by the whole second there.
            var end = Said.TimeOrNull(grant, "expires_at") is { } at
                ? $",\"expires_at\":\"{new Instant(at.Micros / 1_000_000 * 1_000_000)}\"" : "";
            await wallet.GrantAsync(
                Said.Number(grant, "amount"),
                $",\"bucket\":\"{Said.Word(grant, "id")}\",\"priority\":{Said.Number(grant, "priority")}{end}");
        }
        var charge = await wallet.ChargeAsync(grants.Sum(grant => Said.Number(grant, "amount")));
        Assert.Equal(
            Said.Items(expect, "order").Select(id => id.GetString()),
            charge.Must(201).Legs.Select(leg => leg.Split(' ')[0]));
    }

    /// <summary>
    /// Takes so much, as far as there is: a capture of more than its hold in mode <c>cap</c>; on credit: a charge that
    /// may owe.
    /// </summary>
    private async Task CollectAsync(JsonElement given, JsonElement when, JsonElement expect)
    {
        await using var server = await StartAsync(Instant.From(new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        var wallet = await Wallet.OpenAsync(server, "acme", mayOwe: true);
        foreach (var source in Said.Items(given, "sources").OrderBy(
            source => Said.Word(source, "id"), StringComparer.Ordinal))
        {
            var end = Said.Has(source, "expires")
                ? $",\"expires_at\":\"{server.Clock.Now.Plus(Hours(Said.Word(source, "expires")))}\"" : "";
            await wallet.GrantAsync(
                Said.Number(source, "amount"),
                $",\"bucket\":\"{Said.Word(source, "id")}\",\"priority\":{Said.Number(source, "priority")}{end}");
        }
        var wanted = Said.Number(when, "collect");
        var isOnCredit = Said.Has(when, "mode") && Said.Word(when, "mode") == "credit_only";
        var taken = isOnCredit ? await wallet.ChargeAsync(wanted)
            : await wallet.CaptureAsync((await wallet.HoldAsync(0.000001m)).Id, wanted, ",\"mode\":\"cap\"");
        taken.Must(isOnCredit ? 201 : 200);
        var balance = await wallet.BalanceAsync();
        foreach (var figure in expect.EnumerateObject())
            switch (figure.Name)
            {
                case "taken":
                    Assert.Equal(
                        figure.Value.EnumerateArray().Select(leg => (leg[0].GetString()!, Said.Number(leg[1]))),
                        LegsOf(taken));
                    break;
                case "taken_in_order_of":
                    Assert.Equal(LegsOf(taken).Select(leg => leg.Bucket).Order(StringComparer.Ordinal),
                        LegsOf(taken).Select(leg => leg.Bucket));
                    break;
                case "taken_total" or "total":
                    Equal("taken", figure.Value, Books.Amount(taken.Body!, "amount"));
                    break;
                case "uncovered": Equal("shortfall", figure.Value, Books.Amount(taken.Body!, "shortfall")); break;
                case "receivable": Equal("owed", figure.Value, Books.Amount(balance, "available")); break;
                case "still_to_expire":
                    foreach (var left in figure.Value.EnumerateObject())
                        Equal(left.Name, left.Value, balance["buckets"]!.AsArray()
                            .Where(bucket => (string)bucket!["bucket"]! == left.Name)
                            .Sum(bucket => Books.Amount(bucket!, "remaining")));
                    break;
                default: Assert.Fail($"what is {figure.Name}?"); break;
            }
        await wallet.MustHoldAsync();
    }

    private static IEnumerable<(string Bucket, decimal Amount)> LegsOf(ApiReply reply) =>
        reply.Body!["breakdown"]!.AsArray().GroupBy(leg => (string)leg!["bucket"]!)
            .Select(legs => (legs.Key, legs.Sum(leg => Books.Amount(leg!, "amount"))));

    private static Duration Hours(string text) =>
        new(long.Parse(text.TrimStart('+').TrimEnd('h'), CultureInfo.InvariantCulture) * 3_600_000_000);

    private async Task<Lived> LiveAsync(JsonElement given, Instant until)
    {
        var run = new BurnDown(given, until);
        var server = await StartAsync(run.Start);
        await run.LiveAsync(server, i => restarts && i == 1 ? server.RestartAsync() : Task.CompletedTask);
        await run.Wallet.MustHoldAsync();
        return new(run, server);
    }

    private Task<ApiServer> StartAsync(Instant at) => ApiServer.StartAsync(store, clock: LedgerClock.Test(at));

    private static IEnumerable<JsonProperty> Members(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject() : [];

    private static void Equal(string what, JsonElement expected, decimal actual) =>
        Assert.True(Said.Number(expected) == actual, $"{what} should be {expected}: {actual}");

    private sealed record Lived(BurnDown Run, ApiServer Server) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
