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
        Assert.Empty(BookDiff.Of(new(book.Prices.Concat(diff.ToRecord)), diff.ToRecord, Said.Noon).ToRecord);
    }

    private static string RateAt(PriceBook book, string time)
    {
        Assert.Null(book.Find(Said.Usage("input_tokens=1"), Said.Time(time), out var price));
        return price.Standard.Rates.All[0].Rate.ToString();
    }

    private static Price Dated(string? from, string rates) =>
        Said.Price(rates) with { EffectiveFrom = from is null ? null : Said.Time(from) };
}
