using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Usage;
using Xunit;

namespace Tallystick.Core.Tests.Pricing;

public sealed class RatingTests
{
    /// <summary>Cost in dollars, or the code of the refusal and the field it names.</summary>
    [Theory]
    // What is part of a pool and has a rate leaves the pool, what has none stays in it.
    [InlineData("input=3 output=15", "input_tokens=1000000 output_tokens=1000000", "18")]
    [InlineData("input=3 output=15 cache_read=0.3", "input_tokens=1000 cache_read_tokens=400", "0.00192")]
    [InlineData("input=3 output=15", "input_tokens=1000 cache_read_tokens=400", "0.003")]
    [InlineData("input=3 cache_write=3.75 cache_write_1h=6",
        "input_tokens=1000 cache_write_tokens=300 cache_write_1h_tokens=100", "0.00345")]
    [InlineData("input=3 cache_write=3.75", "input_tokens=1000 cache_write_tokens=300 cache_write_1h_tokens=100",
        "0.003225")]
    [InlineData("output=10 reasoning=20", "output_tokens=100 reasoning_tokens=60", "0.0016")]
    [InlineData("output=10", "output_tokens=100 reasoning_tokens=60", "0.001")]
    [InlineData("input=1 input_audio=10 cache_read=0.1 cache_read_audio=2",
        "input_tokens=100 input_audio_tokens=50 cache_read_tokens=40 cache_read_audio_tokens=20", "0.000372")]
    // Cached audio without a rate of its own belongs to two pools: the dearest of them.
    [InlineData("input=1 input_audio=10 cache_read=0.1",
        "input_tokens=100 input_audio_tokens=50 cache_read_tokens=40 cache_read_audio_tokens=20", "0.000532")]
    // Everything else by the piece, characters by the million.
    [InlineData("images=0.04 seconds=0.0001 characters=15 web_searches=0.01",
        "images=2 seconds=1.5 characters=1000 web_searches=3", "0.12515")]
    // One usage is one request, unless it says otherwise.
    [InlineData("requests=0.005", "", "0.005")]
    [InlineData("requests=0.005 output=1", "output_tokens=0", "0.005")]
    [InlineData("requests=0.005", "requests=3", "0.015")]
    [InlineData("requests=0.005", "requests=0", "0")]
    // An explicit zero is a price; no rate is none, but only for what was used.
    [InlineData("input=0 output=0", "input_tokens=10 output_tokens=10", "0")]
    [InlineData("input=3", "input_tokens=10 output_tokens=0", "0.00003")]
    [InlineData("input=3", "input_tokens=10 output_tokens=1", "unknown_price output_tokens")]
    [InlineData("input=3", "input_tokens=10 web_searches=1", "unknown_price web_searches")]
    [InlineData("input=3", "images=1", "unknown_price images")]
    [InlineData("input=3", "", "invalid_request usage")]
    // What cannot be, and what is missing where it matters.
    [InlineData("input=3", "input_tokens=10 cache_read_tokens=11", "invalid_request usage.cache_read_tokens")]
    [InlineData("input=3 cache_read=1", "cache_read_tokens=11", "invalid_request usage.input_tokens")]
    [InlineData("input=3 cache_read=1 input_audio=9", "input_tokens=10 cache_read_tokens=8 input_audio_tokens=7",
        "invalid_request usage.input_tokens")]
    [InlineData("input=3 cache_read=1 input_audio=9 cache_read_audio=2",
        "input_tokens=10 cache_read_tokens=4 input_audio_tokens=4",
        "invalid_request usage.units.cache_read_audio_tokens")]
    [InlineData("input=3 cache_write=4", "input_tokens=10 cache_write_1h_tokens=4",
        "invalid_request usage.cache_write_tokens")]
    [InlineData("input=3", "input_tokens=1.5", "invalid_request usage.input_tokens")]
    [InlineData("seconds=3", "seconds=0.1234567890123", "invalid_request usage.seconds")]
    [InlineData("input=3", "input_tokens=1000000000000001", "invalid_request usage.input_tokens")]
    [InlineData("images=1e10", "images=1000000000000000", "limit_exceeded")]
    public void Usage_costs_what_the_rates_say(string rates, string counts, string expected) =>
        Assert.Equal(expected, Say(Said.Usage(counts), Said.Price(rates)));

    [Theory]
    [InlineData(200_000, "standard", "0.2")]
    [InlineData(200_001, "standard", "0.400002")]
    [InlineData(499_999, "standard", "0.999998")]
    [InlineData(500_000, "standard", "1.5")] // from here on, inclusive
    [InlineData(200_000, "batch", "0.1")] // batch has a rate of its own below
    [InlineData(200_001, "batch", "0.400002")] // and none above: standard
    [InlineData(500_000, "batch", "0.4")] // and one again
    [InlineData(200_000, "flex", "0.1")] // half of standard, everywhere
    [InlineData(500_000, "flex", "0.75")]
    [InlineData(500_000, "priority", "1.5")] // a mode without a word is standard
    public void Input_moves_the_whole_request_to_a_tier_and_a_mode_falls_back_to_standard(
        long input, string mode, string cost)
    {
        var price = Said.Price("input=1") with
        {
            Standard = new(Said.Rates("input=1"),
                [Said.Above(200_000, "input=2"), Said.Above(500_000, "input=3", inclusive: true)]),
            Modes =
            [
                new(UsageMode.Batch, new(Said.Rates("input=0.5"), [Said.Above(500_000, "input=0.8", inclusive: true)]),
                    ExactDecimal.One),
                new(UsageMode.Flex, RateCard.Empty, Said.Number("0.5")),
            ],
        };
        var usage = Said.Usage($"input_tokens={input}") with { Mode = Enum.Parse<UsageMode>(mode, ignoreCase: true) };
        Assert.Equal(cost, Say(usage, price));
    }

    [Fact]
    public void A_tier_moves_the_output_too_and_leaves_what_it_does_not_name()
    {
        var price = Said.Price("") with
        {
            Standard = new(Said.Rates("input=3 output=15 cache_read=0.3"),
                [Said.Above(200_000, "input=6 output=22.5")]),
        };
        var cost = Said.Rate(Said.Usage("input_tokens=300000 cache_read_tokens=100000 output_tokens=1000"), price);
        Assert.Equal(["6", "0.3", "22.5"], cost.Lines.Select(line => line.Rate.ToString()));
        Assert.Equal("1.2525", Said.Dollars(cost).ToString());
    }

    [Theory]
    [InlineData("2026-08-24T12:00:00Z", "1")] // Monday at noon
    [InlineData("2026-08-24T16:30:00Z", "0.5")] // the evening begins
    [InlineData("2026-08-24T00:29:59.999999Z", "0.5")] // over midnight
    [InlineData("2026-08-24T00:30:00Z", "1")]
    [InlineData("2026-08-29T18:00:00Z", "1")] // Saturday has no window
    public void Hours_of_the_day_stand_before_everything(string at, string cost)
    {
        var price = Said.Price("input=1") with
        {
            Modes = [new(UsageMode.Priority, new(Said.Rates("input=1"), []), ExactDecimal.One)],
            Windows = [new([new(16 * 3_600 + 1_800, 1_800)], [1, 2, 3, 4, 5], Said.Rates("input=0.5"))],
        };
        var usage = Said.Usage("input_tokens=1000000") with { Mode = UsageMode.Priority };
        Assert.Equal(cost, Say(usage, price, Said.Time(at)));
    }

    [Theory]
    [InlineData("1", "1", "0", "0", "0.000001", "0.000001")] // a tenth of a millionth rounds up, once
    [InlineData("1", "1", "20", "0", "0.000001", "0.000001")]
    [InlineData("10", "1", "0", "0", "0.000001", "0.000001")]
    [InlineData("100", "1", "0", "0", "0.00001", "0.00001")]
    [InlineData("1", "1", "0", "0.5", "0.000001", "0.500001")]
    [InlineData("10000000", "1", "0", "0.000001", "1", "11")] // the fixed part is dollars, too
    [InlineData("10000000", "1", "20", "0", "1", "1.2")]
    [InlineData("10000000", "1.5", "20", "0", "1", "1.8")] // the markup is of the multiplied cost
    [InlineData("10000000", "0.5", "0", "0", "0.5", "0.5")] // below cost: the provider's part is never above the total
    public void Total_is_the_exact_sum_rounded_up_once(
        string creditsPerUsd, string factor, string percent, string fixedUsd, string provider, string total)
    {
        var terms = new PriceTerms(
            Said.Number(creditsPerUsd), Said.Number(factor), new(Said.Number(percent), Said.Number(fixedUsd)));
        var cost = Said.Rate(Said.Usage("input_tokens=1"), Said.Price("input=0.1"), terms);
        Assert.Equal((Said.Number(provider), Said.Number(total)), (Credits(cost.Provider), Credits(cost.Total)));
        Assert.Equal(cost.Total - cost.Provider, cost.PlatformMarkup);
    }

    [Fact]
    public void Nothing_used_costs_nothing_not_even_the_fixed_part() =>
        Assert.Equal(CreditAmount.Zero, Said.Rate(
            Said.Usage("input_tokens=0 output_tokens=0"), Said.Price("input=1 output=1"),
            PriceTerms.AtCost with { Markup = new(default, ExactDecimal.One) }).Total);

    [Fact]
    public void Lines_and_markup_add_up_to_the_total_exactly_and_settings_multiply()
    {
        var settings = new PricingSettings
        {
            CreditsPerUsd = Said.Number("100"), Markup = new(Said.Number("25"), Said.Number("0.0001")),
            Providers = [new("acme", Said.Number("1.1"))], Models = [new("m", Said.Number("2"))],
            Regions = [new("eu", Said.Number("1.01"))],
        };
        var price = Said.Price("input=3 output=15") with { Regions = [new("eu", Said.Number("1.1"))] };
        var usage = Said.Usage("input_tokens=1234 output_tokens=567") with { Region = "eu" };
        var cost = Said.Rate(usage, price, settings.TermsFor(usage, price, Said.Number("0.9")));
        var exact = Said.Number("0.012207") * Said.Number("1.1") * Said.Number("100");
        Assert.Equal(exact, Said.Sum(cost.Lines));
        var factors = Said.Number("1.1") * Said.Number("2") * Said.Number("0.9") * Said.Number("1.01");
        var total = exact * factors * Said.Number("1.25") + Said.Number("0.01");
        Assert.Equal(total, Said.Sum(cost.Lines) + cost.Markup);
        Assert.True(total.TryRoundUpToMicros(out var rounded));
        Assert.Equal(rounded, cost.Total);
    }

    [Fact]
    public void A_price_s_own_markup_stands_instead_of_the_project_s()
    {
        var settings = new PricingSettings { Markup = new(Said.Number("25"), default) };
        var own = Said.Price("input=1") with { Markup = Markup.None };
        Assert.Equal(Said.Number("1.25"), Credits(Total(settings, Said.Price("input=1"))));
        Assert.Equal(Said.Number("1"), Credits(Total(settings, own)));
    }

    private static CreditAmount Total(PricingSettings settings, Price price)
    {
        var usage = Said.Usage("input_tokens=1000000");
        return Said.Rate(usage, price, settings.TermsFor(usage, price, ExactDecimal.One)).Total;
    }

    private static ExactDecimal Credits(CreditAmount amount) => ExactDecimal.From(amount.Micros, scale: 6);

    private static string Say(MeteredUsage usage, Price price, Time.Instant? at = null) =>
        Rating.Rate(usage, price, PriceTerms.AtCost, at ?? Said.Noon, out var cost) switch
        {
            null => Said.Dollars(cost).ToString(),
            Rejection.InvalidField r => $"{r.Code} {r.Field}",
            Rejection.UnknownPrice r => $"{r.Code} {r.Reason.Split(' ')[0]}",
            { } other => other.Code,
        };
}
