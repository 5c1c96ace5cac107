using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tallystick.Core.Time;
using Xunit;

namespace Tallystick.Api.Tests.Oracles;

/// <summary>
/// Resets and recurrences, lived through as the periods of a tier and of a budget. A reset of the source is the end of
/// a month here: what is between two of them keeps its distance from the first.
/// </summary>
internal sealed class PeriodOracle(Func<Instant, Task<ApiServer>> startAsync)
{
    private const string Tier = "oracle";

    public Task RunAsync(JsonElement scenario)
    {
        var (given, when) = (scenario.GetProperty("given"), scenario.GetProperty("when"));
        var expect = scenario.GetProperty("expect");
        return !when.TryGetProperty("op", out var op) ? ResetsAsync(given, when, expect)
            : op.GetString()!.StartsWith("resets", StringComparison.Ordinal) ? TimelineAsync(given, when, expect)
            : CalendarAsync(given, when, expect);
    }

    /// <summary>One grant that resets is the allowance of a tier; what comes later is a grant like any other.</summary>
    private async Task ResetsAsync(JsonElement given, JsonElement when, JsonElement expect)
    {
        var resets = Said.Items(given, "resets").Select(Said.Time).ToList();
        var grants = Said.Items(given, "grants").OrderBy(grant => Said.Time(grant, "effective_at")).ToList();
        var begin = Said.Time(grants[0], "effective_at");
        await using var server = await startAsync(begin);
        var wallet = await Wallet.OpenAsync(server, "acme", mayOwe: true);
        var (first, later) = TermsOf(grants[0]);
        await PutTierAsync(server, first);
        await SendAsync(server, "PUT", "~/accounts/acme", $$"""{"tier":"{{Tier}}"}""");
        await PutTierAsync(server, later);

        var events = Said.Items(given, "usage_events").Where(usage => Said.Number(usage, "amount") > 0)
            .Select(usage => (At: Said.Time(usage, "at"), Do: (Func<Task>)(async () =>
                (await wallet.ChargeAsync(Said.Number(usage, "amount"))).Must(201))))
            .Concat(grants.Skip(1).Select(grant => (At: Said.Time(grant, "effective_at"), Do: (Func<Task>)(() =>
                wallet.GrantAsync(
                    Said.Number(grant, "amount"),
                    $",\"bucket\":\"{Said.Word(grant, "id")}\",\"priority\":{Said.Number(grant, "priority")}")))));
        foreach (var (at, act) in events.OrderBy(one => one.At))
        {
            await Wallet.MoveAsync(server, Here(at));
            await act();
        }
        await Wallet.MoveAsync(server, Here(Said.Time(when, "balance_at")));
        await MustBeAsync(wallet, Said.Word(grants[0], "id"), expect, Here);
        await wallet.MustHoldAsync();

        Instant Here(Instant at)
        {
            var passed = resets.Count(reset => reset <= at);
            return passed == 0 ? at : new(MonthsAfter(begin, passed).Micros + at.Micros - resets[passed - 1].Micros);
        }
    }

    private static async Task MustBeAsync(
        Wallet wallet, string grant, JsonElement expect, Func<Instant, Instant> here)
    {
        var balance = await wallet.BalanceAsync();
        var begun = Instant.From((DateTimeOffset)balance["reset_date"]!);
        var buckets = balance["buckets"]!.AsArray().ToDictionary(
            bucket => (string)bucket!["bucket"]!, bucket => Books.Amount(bucket!, "remaining"));
        foreach (var figure in expect.EnumerateObject())
            switch (figure.Name)
            {
                case "overage": Equal(figure, Books.Amount(balance, "debt")); break;
                case "balance_total": Equal(figure, buckets.Values.Sum()); break;
                case "usage_in_period": Equal(figure, await wallet.SumAsync("charge", begun, Instant.MaxValue)); break;
                case "period_since": Assert.Equal(here(Said.Time(figure.Value)), begun); break;
                case "balances":
                    foreach (var one in figure.Value.EnumerateObject())
                        Equal(one, buckets.GetValueOrDefault(one.Name == grant ? Tier : one.Name));
                    break;
            }
    }

    /// <summary>
    /// What is topped up to the same amount at each reset is an allowance that renews; what keeps some of the rest is
    /// one that does not and rolls over.
    /// </summary>
    private static (JsonObject First, JsonObject Later) TermsOf(JsonElement grant)
    {
        var (least, most) = (
            Said.NumberOr(grant, "reset_min_rollover", 0), Said.NumberOr(grant, "reset_max_rollover", 0));
        var terms = new JsonObject
        {
            ["allowance"] = Text(Said.Number(grant, "amount")), ["bucket"] = Tier, ["period"] = "anniversary",
            ["priority"] = (int)Said.Number(grant, "priority"), ["renews"] = Said.Has(grant, "recurrence"),
        };
        if (most > least)
            terms["rollover"] = new JsonObject
            {
                ["share"] = "1", ["max_amount"] = Text(most), ["max_periods"] = 120,
            };
        var later = terms.DeepClone().AsObject();
        if (least > 0) (later["renews"], later["allowance"]) = (true, Text(most));
        return (terms, later);
    }

    /// <summary>When the periods began that were there at some time of an interval.</summary>
    private async Task TimelineAsync(JsonElement given, JsonElement when, JsonElement expect)
    {
        var anchor = Said.Time(given.GetProperty("usage_period"), "anchor");
        await using var server = await startAsync(anchor);
        await OpenAsync(server);
        var (from, to) = (Said.Time(when, "from"), Said.Time(when, "to"));
        await Wallet.MoveAsync(server, from);
        var times = new List<Instant> { (await PeriodAsync(server)).Start };
        await Wallet.MoveAsync(server, to);
        var ends = await server.GetAsync($"~/accounts/acme/transactions?kind=period_ended&from={from}");
        times.AddRange(ends.Must(200).Data.Select(end => Instant.From((DateTimeOffset)end["created_at"]!)).Order());
        Assert.Equal(Said.Items(expect, "times").Select(Said.Time), times.Distinct());
    }

    /// <summary>The instant just before one is in the period that ends there.</summary>
    private async Task CalendarAsync(JsonElement given, JsonElement when, JsonElement expect)
    {
        var (time, result) = (Said.Time(when, "time"), expect.GetProperty("result"));
        var op = Said.Word(when, "op");
        var isInclusive = when.TryGetProperty("inclusive", out var flag) && flag.GetBoolean();
        var isBefore = op == "NextAfter" ? isInclusive : op == "PrevBefore" && !isInclusive;
        var (start, end) = await PeriodAtAsync(
            Said.Word(given, "interval"), Said.Time(given, "anchor"), isBefore ? new(time.Micros - 1) : time);
        if (result.ValueKind == JsonValueKind.Array)
            Assert.Equal(result.EnumerateArray().Select(Said.Time), [start, end]);
        else Assert.Equal(Said.Time(result), op == "NextAfter" ? end : start);
    }

    private async Task<(Instant Start, Instant End)> PeriodAtAsync(string interval, Instant anchor, Instant at)
    {
        if (interval == "MONTH")
        {
            await using var monthly = await startAsync(anchor);
            await OpenAsync(monthly);
            await Wallet.MoveAsync(monthly, at);
            return await PeriodAsync(monthly);
        }
        Assert.Equal("DAILY", interval);
        Assert.Equal(0, anchor.Micros % Duration.FromDays(1).Micros);
        await using var daily = await startAsync(new(at.Micros - Duration.FromDays(1).Micros));
        var wallet = await Wallet.OpenAsync(daily, "acme", mayOwe: true);
        await SendAsync(daily, "PUT", "~/budgets/day", """{"account_id":"acme","limit":"9","period":"day"}""");
        var start = await EndOfDayAsync(daily, wallet);
        await Wallet.MoveAsync(daily, at);
        return (start, await EndOfDayAsync(daily, wallet));
    }

    private static async Task<Instant> EndOfDayAsync(ApiServer server, Wallet wallet)
    {
        (await wallet.ChargeAsync(1)).Must(201);
        var budget = (await server.GetAsync("~/budgets/day?account_id=acme")).Must(200);
        return Instant.From((DateTimeOffset)budget.Body!["resets_at"]!);
    }

    private static async Task OpenAsync(ApiServer server)
    {
        await PutTierAsync(server, new() { ["period"] = "anniversary" });
        (await server.SendAsync("PUT", "~/accounts/acme", $$"""{"tier":"{{Tier}}"}""")).Must(201);
    }

    private static async Task<(Instant Start, Instant End)> PeriodAsync(ApiServer server)
    {
        var balance = (await server.GetAsync("~/accounts/acme/balance")).Must(200).Body!;
        return (
            Instant.From((DateTimeOffset)balance["reset_date"]!),
            Instant.From((DateTimeOffset)balance["next_reset_at"]!));
    }

    private static Task PutTierAsync(ApiServer server, JsonObject terms) =>
        SendAsync(server, "PUT", $"~/tiers/{Tier}", terms.ToJsonString());

    private static async Task SendAsync(ApiServer server, string method, string path, string body) =>
        (await server.SendAsync(method, path, body, client: server.Admin)).Must(200);

    private static Instant MonthsAfter(Instant begin, int months) =>
        Instant.From(begin.ToDateTimeOffset().AddMonths(months));

    private static void Equal(JsonProperty expected, decimal actual) =>
        Assert.True(
            Said.Number(expected.Value) == actual, $"{expected.Name} should be {expected.Value}: {actual}");

    private static string Text(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);
}
