using System.Text;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Usage;
using Xunit;

namespace Tallystick.Core.Tests.Pricing;

/// <summary>Laws of what is said before the usage is known, over random prices of all shapes.</summary>
public sealed class WorstCaseTests
{
    private static readonly string[] Rates =
    [
        "input", "output", "cache_read", "cache_write", "cache_write_1h", "input_audio", "cache_read_audio",
        "reasoning", "output_image",
    ];

    [Fact]
    public void No_usage_within_the_bound_costs_more_than_the_worst_case_I28()
    {
        var (seed, random, rated, met) = Begin();
        for (var i = 0; i < 20_000; i++)
        {
            var (price, terms) = (Price(random), Terms(random));
            var region = random.Next(2) == 0 ? "eu" : null;
            var usage = Usage(random) with { Mode = (UsageMode)random.Next(1, 5), Region = region };
            if (Rating.Rate(usage, price, terms, Said.Noon, out var cost) is not null) continue;
            rated++;
            var bound = new UsageBound(Whole(usage, Unit.Input) + random.Next(2) * random.Next(400_000),
                Whole(usage, Unit.Output))
            {
                Mode = usage.Mode, Region = usage.Region,
            };
            Assert.Null(WorstCase.Bound(bound, price, terms, Said.Noon, room: null, out var worst));
            Assert.True(cost.Total <= worst, $"seed {seed} at {i}: {cost.Total} > {worst}");
            if (cost.Total == worst) met++;
        }
        Assert.True(rated > 5_000 && met > 20, $"seed {seed}: {rated} rated, {met} as dear as the worst");
    }

    [Fact]
    public void The_affordable_output_is_paid_by_the_balance_and_one_more_token_is_not()
    {
        var (seed, random, rated, met) = Begin();
        for (var i = 0; i < 20_000; i++)
        {
            var (price, terms) = (Price(random), Terms(random));
            var usage = Usage(random);
            // The rest of a usage may be nothing at all.
            if (random.Next(4) == 0) usage = Said.Usage($"output_tokens={Whole(usage, Unit.Output)}");
            var balance = new CreditAmount(random.NextInt64(20_000_000));
            var refusal = WorstCase.AffordableOutput(
                usage, price, terms, Said.Noon, room: null, balance, out var tokens);
            if (refusal is not null || tokens is not { } most)
                continue;
            // The same question with plain output is answered by the rating itself, where plain output is the dearest.
            var tables = price.Standard.Tiers.Select(tier => tier.Rates).Append(price.Standard.Rates);
            if (tables.SelectMany(table => table.All).Any(rate => rate.Unit.IsPartOf(Unit.Output))) continue;
            rated++;
            if (usage[Unit.Input] is null) met++;
            if (most > 0)
                Assert.True(Cost(most) <= balance, $"seed {seed} at {i}: {most} tokens cost {Cost(most)} > {balance}");
            if (most < MeteredUsage.CountMax)
                Assert.True(Cost(most + 1) > balance,
                    $"seed {seed} at {i}: {most + 1} tokens cost {Cost(most + 1)} <= {balance}");

            CreditAmount Cost(long output) => Said.Rate(
                usage with
                {
                    Quantities = usage.Quantities.RemoveAll(one => one.Unit.Traits.HasFlag(TokenTraits.Output))
                        .Add(new(Unit.Output, ExactDecimal.From(output))),
                }, price, terms).Total;
        }
        Assert.True(rated > 2_000 && met > 200, $"seed {seed}: {rated} compared, {met} of output alone");
    }

    [Fact]
    public void What_cannot_occur_does_not_make_the_worst_case_dearer()
    {
        var price = Said.Price("input=1 input_audio=40 cache_write=1.25 output=2 output_audio=80");
        var bound = new UsageBound(1_000_000, 1_000_000);
        Assert.Equal("120.000000", Worst(bound, price));
        Assert.Equal("3.250000", Worst(bound with { Impossible = TokenTraits.Audio }, price));
        Assert.Equal("3.000000", Worst(bound with { Impossible = TokenTraits.Audio | TokenTraits.CacheWrite }, price));
    }

    [Fact]
    public void Output_that_costs_nothing_has_no_end_and_output_without_a_rate_no_answer()
    {
        var usage = Said.Usage("input_tokens=10");
        Assert.Null(WorstCase.AffordableOutput(usage, Said.Price("input=1 output=0"), PriceTerms.AtCost, Said.Noon,
            room: null, default, out var tokens));
        Assert.Null(tokens);
        Assert.IsType<Rejection.UnknownPrice>(
            WorstCase.AffordableOutput(
                usage, Said.Price("input=1"), PriceTerms.AtCost, Said.Noon, room: null, default, out _));
    }

    private static string Worst(UsageBound bound, Price price)
    {
        Assert.Null(WorstCase.Bound(bound, price, PriceTerms.AtCost, Said.Noon, room: null, out var worst));
        return worst.ToString();
    }

    private static (int Seed, Random Random, int Rated, int Met) Begin()
    {
        var seed = Random.Shared.Next();
        return (seed, new(seed), 0, 0);
    }

    private static Price Price(Random random)
    {
        var tiers = Enumerable.Range(1, random.Next(3))
            .Select(i => Said.Above(i * 100_000, Card(random, 3), random.Next(2) == 0));
        return Said.Price("") with
        {
            Standard = new(Said.Rates("input=1 output=2 " + Card(random, random.Next(4))), [.. tiers]),
            Modes = [new(UsageMode.Priority, new(Said.Rates(Card(random, 2)), []), Said.Number("1.5"))],
            Regions = [new("eu", Said.Number("1.1"))],
        };
    }

    private static string Card(Random random, int rates)
    {
        var card = new StringBuilder();
        foreach (var rate in Rates.Skip(rates == 3 ? 0 : 2).OrderBy(_ => random.Next()).Take(rates))
            card.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"{rate}={random.Next(60)}.{random.Next(10)} ");
        return card.ToString();
    }

    private static PriceTerms Terms(Random random) => new(
        ExactDecimal.From(random.Next(1, 100)), Said.Number($"1.{random.Next(10)}"),
            new(ExactDecimal.From(random.Next(50)), Said.Number("0.001")));

    private static MeteredUsage Usage(Random random)
    {
        var input = random.Next(3) == 0 ? 100_000 * random.Next(1, 4) : random.Next(300_000);
        var output = random.Next(20_000);
        var (read, audio) = (random.Next(input + 1), random.Next(input + 1));
        var both = Math.Max(0, read + audio - input);
        var counts = $"input_tokens={input} output_tokens={output}";
        return Said.Usage(random.Next(3) switch
        {
            0 => counts,
            1 => $"{counts} cache_read_tokens={read} input_audio_tokens={audio} cache_read_audio_tokens={both} "
                + $"reasoning_tokens={output / 2}",
            _ => $"{counts} cache_write_tokens={read} cache_write_1h_tokens={read / 2} output_image_tokens={output}",
        });
    }

    private static long Whole(MeteredUsage usage, Unit unit) => (long)usage[unit]!.Value.Digits;
}
