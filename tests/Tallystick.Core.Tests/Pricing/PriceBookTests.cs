using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Usage;
using Xunit;

namespace Tallystick.Core.Tests.Pricing;

public sealed class PriceBookTests
{
    private static readonly PriceBook Book = new(
    [
        Said.Price("input=1", "*", null),
        Said.Price("input=2", "gpt-4o", null),
        Said.Price("input=3", "gpt-*", "azure"),
        Said.Price("input=4", "gpt-4*", "azure"),
        Said.Price("input=5", "gpt-4o", "openai"),
        Said.Price("input=6", "gpt-4o-mini", "openai"),
        Said.Price("input=7", "omni", "openai") with { Selector = new("openai", "omni", null, ["gpt-4.1", "omni-*"]) },
        Said.Price("input=8", "gpt-4.1", "groq"),
        Said.Price("input=9", null, null, "search"),
        Said.Price("input=10", "gpt-4o", "openai", "batch-office"),
        Said.Price("input=11", "gpt-5", "openai"),
        Said.Price("input=12", "gpt-5", "azure"),
    ]);

    [Theory]
    [InlineData("openai", "gpt-4o", null, 5)] // the named provider before any provider
    [InlineData("mistral", "gpt-4o", null, 2)] // any provider, exact before pattern
    [InlineData("azure", "gpt-4o", null, 4)] // the provider first, even by a pattern; the longer pattern first
    [InlineData("azure", "gpt-3.5", null, 3)]
    [InlineData("openai", "omni-mini", null, 7)] // an alias that is a pattern
    [InlineData("openai", "gpt-4.1", null, 7)] // an alias
    [InlineData("openai", "GPT-4o", null, 1)] // case matters
    [InlineData("openai", "gpt-4o", "batch-office", 10)] // the named service before any
    [InlineData(null, "gpt-4o-mini", null, 6)] // without a provider: the only exact one
    [InlineData(null, "gpt-4o", null, 2)] // without a provider: the price for any provider, if it is as good
    [InlineData(null, "gpt-4.1", null, 8)] // its own name before another's alias
    [InlineData("acme", null, "search", 9)] // a service alone
    [InlineData("acme", "unheard-of", "search", 1)]
    public void The_most_specific_price_stands(string? provider, string? model, string? service, int rate)
    {
        var usage = Said.Usage("input_tokens=1", provider, model) with { Service = service };
        Assert.Null(Book.Find(usage, Said.Noon, out var price));
        Assert.Equal(Said.Number($"{rate}"), price.Standard.Rates.All[0].Rate);
    }

    [Fact]
    public void Two_providers_of_the_same_model_must_be_told_apart()
    {
        var rejection = Assert.IsType<Rejection.UnknownPrice>(
            Book.Find(Said.Usage("input_tokens=1", null, "gpt-5"), Said.Noon, out _));
        Assert.Contains("azure, openai", rejection.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_match_there_is_no_price()
    {
        var book = new PriceBook([Said.Price("input=1", "gpt-4o", "openai")]);
        foreach (var model in new[] { "gpt-4o ", "gpt-4O", "gpt-4", "../gpt-4o", "gpt-4\u043E", "" })
            Assert.IsType<Rejection.UnknownPrice>(
                book.Find(Said.Usage("input_tokens=1", "openai", model), Said.Noon, out _));
    }

    [Fact]
    public void The_version_of_the_instant_stands_from_its_date_on_and_the_later_record_of_one_date()
    {
        var book = new PriceBook(
        [
            Dated("2026-01-01T00:00:00Z", "input=2"),
            Dated(null, "input=1"),
            Dated("2026-06-01T00:00:00Z", "input=4"),
            Dated("2026-01-01T00:00:00Z", "input=3"),
        ]);
        Assert.Equal("1", RateAt(book, "2025-12-31T23:59:59.999999Z"));
        Assert.Equal("3", RateAt(book, "2026-01-01T00:00:00Z"));
        Assert.Equal("3", RateAt(book, "2026-05-31T23:59:59Z"));
        Assert.Equal("4", RateAt(book, "2026-06-01T00:00:00Z"));
    }

    [Fact]
    public void A_price_that_is_not_in_effect_yet_leaves_the_pattern_in_charge()
    {
        var book = new PriceBook([Said.Price("input=1", "m*"), Dated("2026-06-01T00:00:00Z", "input=9")]);
        Assert.Equal("1", RateAt(book, "2026-05-31T00:00:00Z"));
        Assert.Equal("9", RateAt(book, "2026-06-01T00:00:00Z"));
    }

    [Fact]
    public void An_alias_that_a_later_version_drops_is_gone_from_then_on()
    {
        var first = Said.Price("input=1") with { Selector = new("acme", "m", null, ["old"]) };
        var book = new PriceBook([first, Dated("2026-06-01T00:00:00Z", "input=2")]);
        var usage = Said.Usage("input_tokens=1", model: "old");
        Assert.Null(book.Find(usage, Said.Time("2026-05-01T00:00:00Z"), out _));
        Assert.NotNull(book.Find(usage, Said.Time("2026-06-01T00:00:00Z"), out _));
    }

    [Fact]
    public void A_diff_tells_what_is_new_what_costs_otherwise_and_what_does_not()
    {
        var book = new PriceBook([Said.Price("input=1", "a"), Said.Price("input=1", "b"), Said.Price("input=1", "c")]);
        var diff = BookDiff.Of(
            book, [Said.Price("input=1.0", "a"), Said.Price("input=2", "b"), Said.Price("input=1", "d")], Said.Noon);
        Assert.Equal("acme/d", Assert.Single(diff.Added).Selector.ToString());
        Assert.Equal("acme/b", Assert.Single(diff.Changed).After.Selector.ToString());
        Assert.Equal(1, diff.Unchanged);
        Assert.Empty(BookDiff.Of(new(book.Prices.Concat(diff.ToRecord)), [.. diff.ToRecord], Said.Noon).ToRecord);
    }

    // Given in either order, and again: what is recorded makes the book say all of it, and nothing is recorded twice.
    [Theory]
    [InlineData("2026-02-01 2", "2026-03-01 1")]
    [InlineData("2026-03-01 1", "2026-02-01 2")]
    [InlineData("2026-02-01 2", "2026-03-01 1", "2026-04-01 2", "2026-05-01 2")]
    [InlineData("2026-02-01 2", "2026-02-01 1")]
    public void What_the_book_says_already_is_new_after_a_change_in_the_same_set(params string[] versions)
    {
        var book = new PriceBook([Said.Price("input=1")]);
        var set = versions.Select(version => version.Split(' '))
            .Select(parts => Dated($"{parts[0]}T00:00:00Z", $"input={parts[1]}")).ToList();

        var diff = BookDiff.Of(book, set, Said.Noon);
        var after = new PriceBook(book.Prices.Concat(diff.ToRecord));

        foreach (var day in set.Select(price => price.EffectiveFrom!.Value).Distinct())
            Assert.Equal(
                RateAt(new(book.Prices.Concat(set)), day.ToString()), RateAt(after, day.ToString()));
        Assert.Equal("1", RateAt(after, "2026-01-01T00:00:00Z"));
        Assert.Equal(set.Count, diff.Unchanged + diff.ToRecord.Count());
        Assert.Equal(diff.ToRecord, BookDiff.Of(book, [.. diff.ToRecord], Said.Noon).ToRecord);
    }

    [Fact]
    public void What_a_set_has_no_more_has_ended_unless_another_name_of_it_is_there()
    {
        var renamed = Said.Price("input=1", "old") with { Selector = new("acme", "old", null, ["new"]) };
        var book = new PriceBook(
            [
                Said.Price("input=1", "gone"), renamed, Said.Price("input=1", "v-*"),
                Said.Price("input=1", "z", "other"),
            ]);

        var diff = BookDiff.Of(book, [Said.Price("input=1", "new"), Said.Price("input=1", "*-*")], Said.Noon);

        Assert.Equal(["acme/gone"], diff.Ended.Select(price => price.Selector.ToString()));
    }

    [Fact]
    public void A_change_names_each_figure_that_differs_with_its_share()
    {
        var before = Said.Price("input=3 output=15") with
        {
            Standard = new(Said.Rates("input=3 output=15"), [Said.Above(200_000, "input=6")]),
            Modes = [new(UsageMode.Batch, new(Said.Rates("input=1.5"), []), ExactDecimal.One)],
            Regions = [new("eu", Said.Number("1.1"))],
        };
        var after = before with
        {
            Selector = before.Selector with { Aliases = ["m-1"] },
            Standard = new(Said.Rates("input=2 output=15 cache_read=0.3"), [Said.Above(200_000, "input=7", true)]),
            Modes = [new(UsageMode.Batch, RateCard.Empty, Said.Number("0.5"))],
            Regions = [new("eu", Said.Number("1.2"))],
            Markup = new(Said.Number("20"), default),
        };

        var change = new PriceChange(before, after);

        Assert.Equal(
            [
                "input 3 2 -33.33", "above_200000.input 6 - -", "batch.input 1.5 - -", "batch.factor 1 0.5 -50",
                "regions.eu 1.1 1.2 9.09", "cache_read - 0.3 -", "from_200000.input - 7 -", "markup.percent - 20 -",
                "markup.fixed - 0 -",
            ],
            change.Rates.Select(
                rate => $"{rate.Rate} {Text(rate.Before)} {Text(rate.After)} {Text(rate.Percent)}"));
        Assert.Equal(["m-1"], change.NamesAdded);
        Assert.Empty(change.NamesRemoved);
    }

    /// <summary>Against the rational number, half away from zero.</summary>
    [Theory]
    [InlineData("3", "4", "33.33")]
    [InlineData("8", "8.0004", "0.01")]
    [InlineData("8", "7.9996", "-0.01")]
    [InlineData("8", "8.00039", "0")]
    [InlineData("0.0000003", "0.0000006", "100")]
    [InlineData("2", "0", "-100")]
    [InlineData("0", "2", null)]
    public void A_share_has_two_decimals(string before, string after, string? percent) =>
        Assert.Equal(percent, new RateChange("input", Said.Number(before), Said.Number(after)).Percent?.ToString());

    private static string Text(ExactDecimal? number) => number?.ToString() ?? "-";

    private static string RateAt(PriceBook book, string time)
    {
        Assert.Null(book.Find(Said.Usage("input_tokens=1"), Said.Time(time), out var price));
        return price.Standard.Rates.All[0].Rate.ToString();
    }

    private static Price Dated(string? from, string rates) =>
        Said.Price(rates) with { EffectiveFrom = from is null ? null : Said.Time(from) };
}
