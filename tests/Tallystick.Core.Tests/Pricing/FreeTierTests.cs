using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;
using Tallystick.Model;
using Xunit;

namespace Tallystick.Core.Tests.Pricing;

/// <summary>Usage inside the free tier of an account: against the model, and case by case.</summary>
public sealed class FreeTierTests(ITestOutputHelper output)
{
    private const int Steps = 120;
    private static readonly ImmutableArray<string> Units =
        ["input", "output", "cache_read", "images", "seconds", "requests"];

    private PricedAccount _account = new(new FreeTierTerms(null, null, []), "input=1000 output=2000", default);

    [Fact]
    public void Random_usage_comes_to_what_the_model_makes_of_it_whatever_the_free_tier_counts()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TALLY_SEED"), out var given)
            ? given : Random.Shared.Next();
        output.WriteLine($"TALLY_SEED={seed}");
        var free = 0L;
        for (var i = 0; i < 200; i++) free += RunOne(seed, i);
        Assert.True(free > 1_000, "hardly anything was free");
    }

    private static long RunOne(int seed, int index)
    {
        var random = new Random(unchecked(seed * 31 + index));
        var terms = new FreeTierTerms(
            random.Next(3) == 0 ? null : random.Next(40), random.Next(3) == 0 ? null : random.Next(2_000), []);
        var rates = Units.ToDictionary(unit => unit, _ => random.Next(4) == 0 ? 0 : random.Next(1, 6));
        var fixedPart = random.Next(2) * 7;
        var model = new ModelFreeTier(terms.Requests, terms.Tokens, fixedPart);
        var real = new PricedAccount(
            terms, string.Join(' ', rates.Select(rate => $"{rate.Key}={RateOf(rate.Key, rate.Value)}")),
            new(default, ExactDecimal.From(fixedPart, scale: 6)));
        var open = new List<ThingNumber>();
        for (var step = 0; step < Steps; step++)
        {
            var (usage, requests, lines) = NextUsage(random, rates);
            var (expected, amount, what) = random.Next(10) switch
            {
                < 3 => (model.Charge(requests, lines), real.Charge(usage), "charge"),
                < 5 => (model.Charge(requests, lines), real.Event(usage), "event"),
                < 7 => Place(),
                < 9 when open.Count > 0 => Capture(),
                9 when random.Next(8) == 0 => Turn(),
                _ => End(),
            };
            Assert.True(expected == amount,
                $"TALLY_SEED={seed} {index}.{step} {what} of {usage.Quantities.Length} with {terms}: "
                + $"model {expected}, ledger {amount}");
            var used = real.State.Membership!;
            Assert.Equal(
                (model.RequestsUsed, model.TokensUsed, model.Saved),
                (used.FreeUsed.Requests, used.FreeUsed.Tokens, used.FreeCredits.Micros));
            continue;

            (long, long, string) Place()
            {
                var held = real.Hold(usage);
                open.Add(real.State.Holds[^1].Number);
                return (model.Hold(open[^1].Value, requests, lines), held, "hold");
            }

            (long, long, string) Capture()
            {
                var (hold, isFinal) = (open[random.Next(open.Count)], random.Next(3) > 0);
                if (isFinal) open.Remove(hold);
                var expected = model.Capture(hold.Value, requests, lines, isFinal);
                return (expected, real.Capture(hold, usage, isFinal), "capture");
            }

            (long, long, string) Turn()
            {
                foreach (var hold in open) model.End(hold.Value);
                open.Clear();
                real.Advance(Duration.FromDays(31));
                model.BeginPeriod();
                return (0, 0, "period");
            }

            (long, long, string) End()
            {
                if (open.Count == 0) return (0, 0, "nothing");
                real.Release(open[0]);
                model.End(open[0].Value);
                open.RemoveAt(0);
                return (0, 0, "release");
            }
        }
        Assert.Equal(real.State.Encode(), real.Refold().Encode());
        return real.Entries.Count(entry => entry.Entry.Priced?.Cost.Free is not null);
    }

    private static (MeteredUsage, long Requests, List<ModelUsageLine>) NextUsage(
        Random random, Dictionary<string, int> rates)
    {
        var requests = random.Next(3) == 0 ? random.Next(1, 6) : (int?)null;
        var (input, cached) = (random.Next(200), random.Next(2) == 0 ? random.Next(50) : 0);
        (string Unit, bool IsTokens, decimal Count)[] counts =
        [
            ("input", true, input), ("cache_read", true, cached), ("output", true, random.Next(200)),
            ("images", false, random.Next(3)), ("seconds", false, random.Next(8) / 8m),
            ("requests", false, requests ?? 1),
        ];
        var quantities = counts.Where(count => count.Unit != "requests" || requests is not null)
            .Select(count => count.Unit == "input" ? count with { Count = input + cached } : count)
            .Select(count => new Quantity(
                Said.Count(count.Unit + (count.IsTokens ? "_tokens" : "")), Number(count.Count)));
        return (
            new() { Provider = "acme", Model = "m", Quantities = [.. quantities] }, requests ?? 1,
            [.. counts.Select(count => new ModelUsageLine(
                count.Unit, count.IsTokens, count.Unit != "seconds", count.Count, rates[count.Unit]))]);
    }

    private static ExactDecimal Number(decimal number) =>
        Said.Number(number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>In dollars, for a rate in millionths each.</summary>
    private static string RateOf(string unit, int micros) =>
        unit is "images" or "seconds" or "requests" ? $"{micros}e-6" : $"{micros}";

    [Fact]
    public void What_is_inside_costs_nothing_keeps_its_lines_and_says_what_of_them_is_free()
    {
        Begin(new(Requests: 2, Tokens: null, []));
        Assert.Equal(0, _account.Charge(Said.Usage("input_tokens=1000 output_tokens=500")));
        var cost = _account.Entries[^1].Entry.Priced!.Cost;
        Assert.Equal(["1", "1", "0"], cost.Lines.Select(line => line.Credits.ToString()));
        Assert.Equal(["1000", "500"], cost.Free!.Quantities.Select(one => one.Count.ToString()));
        Assert.Equal((0, 0, 2_000_000), (cost.Total.Micros, cost.Provider.Micros, cost.FreeCredits.Micros));
        _account.Charge(Said.Usage("input_tokens=1 output_tokens=0"));
        Assert.Equal(1_000, _account.Charge(Said.Usage("input_tokens=1 output_tokens=0")));
        Assert.Null(_account.Entries[^1].Entry.Priced!.Cost.Free);
    }

    [Fact]
    public void Of_tokens_that_straddle_the_end_the_dearest_are_free()
    {
        Begin(new(Requests: null, Tokens: 600, []));
        Assert.Equal(900_000, _account.Charge(Said.Usage("input_tokens=1000 output_tokens=500")));
        Assert.Equal(
            ["100 input_tokens", "500 output_tokens"],
            _account.Entries[^1].Entry.Priced!.Cost.Free!.Quantities.Select(one => $"{one.Count} {one.Unit}"));
    }

    [Fact]
    public void Requests_that_straddle_the_end_are_free_in_proportion()
    {
        Begin(new(Requests: 2, Tokens: null, []));
        Assert.Equal(334_000, _account.Charge(Said.Usage("requests=3 input_tokens=1000 output_tokens=0")));
        Assert.Equal(new FreeUse(2, 666), _account.State.Membership!.FreeUsed);
    }

    [Fact]
    public void It_is_for_the_models_that_it_names_and_for_what_has_a_price()
    {
        Begin(new(Requests: 1, Tokens: null, ["m-*", "n"]));
        Assert.Equal(1_000, _account.Charge(Said.Usage("input_tokens=1 output_tokens=0")));
        Assert.Equal(default, _account.State.Membership!.FreeUsed);
    }

    [Fact]
    public void What_a_hold_sets_aside_nobody_else_gets_until_it_ends()
    {
        Begin(new(Requests: 2, Tokens: null, []));
        var usage = Said.Usage("input_tokens=5 output_tokens=0");
        Assert.Equal(0, _account.Hold(usage));
        Assert.Equal(0, _account.Charge(usage));
        Assert.Equal(5_000, _account.Charge(usage));
        Assert.Equal(5_000, _account.Event(usage));
        var hold = _account.State.Holds[0].Number;
        Assert.Equal(0, _account.Capture(hold, Said.Usage("input_tokens=9 output_tokens=0"), isFinal: true));
        Assert.Equal(new FreeUse(2, 14), _account.State.Membership!.FreeUsed);

        _account.Advance(Duration.FromDays(31));
        _account.Hold(usage);
        _account.Hold(usage);
        Assert.Equal(5_000, _account.Charge(usage));
        _account.Release(_account.State.Holds[0].Number);
        Assert.Equal(0, _account.Charge(usage));
    }

    [Fact]
    public void A_hold_for_an_amount_takes_its_offer_while_there_is_room_and_the_whole_amount_then()
    {
        Begin(new(Requests: 1, Tokens: 100, []));
        var offer = new FreeOffer(new(7), new("m", new(1, 80)));
        Assert.Equal(7, _account.HoldFor(50, offer));
        Assert.Equal(50, _account.HoldFor(50, offer));
        Assert.Equal(new FreeUse(1, 80), _account.State.Holds[0].Free);
        _account.Release(_account.State.Holds[0].Number);
        Assert.Equal(50, _account.HoldFor(50, offer with { Reserve = new("m", new(1, 101)) }));
        Assert.Equal(7, _account.HoldFor(50, offer));
        Assert.Equal(_account.State.Encode(), _account.Refold().Encode());
    }

    [Fact]
    public void A_capture_for_an_amount_uses_of_the_free_tier_what_its_hold_has_set_aside_and_no_more()
    {
        Begin(new(Requests: 3, Tokens: 100, []));
        _account.HoldFor(50, new(new(7), new("m", new(1, 80))));
        var hold = _account.State.Holds[0].Number;
        foreach (var beyond in new FreeUse[] { new(2, 80), new(1, 81) })
            Assert.IsType<Rejection.InvalidField>(_account.RefusalOfCapture(hold, 5, new(beyond, new(40))));
        Assert.Equal(5, _account.CaptureFor(hold, 5, new(new(1, 60), new(40))));
        var period = _account.State.Membership!;
        Assert.Equal((new FreeUse(1, 60), 40L), (period.FreeUsed, period.FreeCredits.Micros));
        Assert.Equal(_account.State.Encode(), _account.Refold().Encode());
    }

    [Fact]
    public void A_period_begins_with_nothing_used_and_a_change_of_tier_does_not()
    {
        Begin(new(Requests: 1, Tokens: null, []));
        var usage = Said.Usage("input_tokens=1 output_tokens=0");
        _account.Charge(usage);
        _account.Take("other");
        Assert.Equal(1_000, _account.Charge(usage));
        _account.Advance(Duration.FromDays(31));
        Assert.Equal(0, _account.Charge(usage));
        Assert.Equal(new FreeUse(1, 1), _account.State.Membership!.FreeUsed);
    }

    [Theory]
    [InlineData(null, 100, 5, 195)]
    [InlineData(1, null, 0, null)]
    [InlineData(0, 100, 5, 0)]
    public void A_check_says_the_tokens_that_pass_and_a_charge_of_them_does(
        int? requests, int? tokens, long credits, int? most)
    {
        _account = new(new(requests, tokens, []), "input=1000000 output=50000", default, credits);
        Assert.Equal(most, _account.AffordableTokens(Said.Usage("input_tokens=5 output_tokens=1000000")));
    }

    private void Begin(FreeTierTerms terms) => _account = new(terms, "input=1000 output=2000 requests=0", default);
}
