using System.Text.Json;
using Tallystick.Core.Pricing;
using Tallystick.Core.Pricing.Import;
using Tallystick.Core.Usage;
using Xunit;

namespace Tallystick.Core.Tests.Pricing;

/// <summary>litellm's table as it is: two real ones of different times, and what is not taken of them.</summary>
public sealed class LiteLlmTableTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("prices/litellm-full-2025-09-05.json", 1_701)]
    [InlineData("prices/litellm-filtered-2026-07-24.json", 218)]
    public void Every_entry_becomes_a_price_or_is_reported_with_the_reason(string file, int entries)
    {
        var table = SharedData.Read(file);
        var imported = Import(table);
        Assert.Equal(entries, table.EnumerateObject().Count());
        var whole = imported.Left.Where(left => left.Part.Length == 0).Select(left => left.Entry).ToList();
        Assert.Equal(
            table.EnumerateObject().Select(entry => entry.Name).Order(StringComparer.Ordinal),
            imported.Prices.Select(price => price.Selector.Model!).Concat(whole).Order(StringComparer.Ordinal));
        foreach (var group in imported.Left.GroupBy(left => (left.Part, left.Reason))
            .OrderByDescending(group => group.Count()))
            output.WriteLine($"{group.Count(),5} {group.Key.Part}: {group.Key.Reason} ({group.First().Entry})");
    }

    /// <summary>
    /// The independent reading: every member that is a number of dollars, times its count, is the cost of that count
    /// alone.
    /// </summary>
    [Theory]
    [InlineData("prices/litellm-full-2025-09-05.json")]
    [InlineData("prices/litellm-filtered-2026-07-24.json")]
    public void Input_and_output_of_every_model_cost_what_the_table_says_per_token(string file)
    {
        var table = SharedData.Read(file);
        var book = new PriceBook(Import(table).Prices);
        var compared = 0;
        foreach (var entry in table.EnumerateObject())
        {
            if (!entry.Value.TryGetProperty("input_cost_per_token", out var input)
                || !entry.Value.TryGetProperty("output_cost_per_token", out var outputRate)
                || entry.Value.TryGetProperty("tiered_pricing", out _)
                || entry.Value.TryGetProperty("input_cost_per_request", out _)
                || entry.Value.TryGetProperty("input_cost_per_query", out _)) continue;
            var usage = Said.Usage("input_tokens=1000 output_tokens=10", null, entry.Name);
            var rejection = book.Find(usage, Said.Noon, out var price);
            Assert.True(rejection is null, $"{entry.Name}: {rejection}");
            var expected = Said.Number(input) * Said.Number("1000") + Said.Number(outputRate) * Said.Number("10");
            Assert.Equal((entry.Name, expected), (entry.Name, Said.Dollars(Said.Rate(usage, price))));
            compared++;
        }
        output.WriteLine($"{compared} models");
        Assert.True(compared > 190);
    }

    [Fact]
    public void Suffixes_become_tiers_modes_and_regions()
    {
        var price = Assert.Single(Import("""
            {"sample_spec": {"litellm_provider": "one of"}, "xai/grok": {"litellm_provider": "xai", "mode": "chat",
            "input_cost_per_token": 3e-06, "input_cost_per_token_above_128k_tokens": 6e-06,
            "input_cost_per_token_batches": 1.5e-06, "input_cost_per_token_above_128k_tokens_priority": 1.2e-05,
            "cache_creation_input_token_cost_above_1hr_above_128k_tokens": 9e-06,
            "output_cost_per_token": "1.5e-05", "output_cost_per_image": null,
            "regional_processing_uplift_multiplier_eu": 1.1,
            "search_context_cost_per_query": {"search_context_size_low": 0.01, "search_context_size_medium": 0.02},
            "max_tokens": 9, "supports_vision": true}}
            """).Prices);
        Assert.Equal(("xai", "xai/grok", "grok"),
            (price.Selector.Provider, price.Selector.Model, Assert.Single(price.Selector.Aliases)));
        Assert.Equal(Said.Rates("input=3 output=15 web_searches=0.02 web_searches_low=0.01 web_searches_medium=0.02"),
            price.Standard.Rates);
        Assert.Equal([Said.Above(128_000, "input=6 cache_write_1h=9", inclusive: true)], price.Standard.Tiers);
        Assert.Equal(Said.Rates("input=1.5"), price.Modes.Single(mode => mode.Mode == UsageMode.Batch).Card.Rates);
        Assert.Equal([Said.Above(128_000, "input=12", inclusive: true)],
            price.Modes.Single(mode => mode.Mode == UsageMode.Priority).Card.Tiers);
        Assert.Equal([new Factor("eu", Said.Number("1.1"))], price.Regions);
    }

    // Speech to text has 0 for the second that comes out, and in places null for what does not apply.
    [Theory]
    [InlineData("\"input_cost_per_second\": 3e-05, \"output_cost_per_second\": 0.0", "seconds=0.00003")]
    [InlineData("\"output_cost_per_second\": 0, \"input_cost_per_second\": 3e-05", "seconds=0.00003")]
    [InlineData("\"input_cost_per_second\": 3e-05, \"output_cost_per_second\": null", "seconds=0.00003")]
    [InlineData("\"input_cost_per_second\": 3e-05, \"output_cost_per_second\": 4e-05", "seconds=0.00004")]
    [InlineData("\"input_cost_per_second\": 0, \"output_cost_per_second\": 0", "seconds=0")]
    [InlineData("\"input_cost_per_token_cache_hit\": 1e-6, \"cache_read_input_token_cost\": null", "cache_read=1")]
    [InlineData(
        "\"mode\": \"image_generation\", \"input_cost_per_image\": 0.04, \"output_cost_per_image\": null",
        "images=0.04")]
    public void Of_two_members_for_one_thing_the_one_that_costs_stands(string members, string rates) =>
        Assert.Equal(
            Said.Rates(rates),
            Assert.Single(Import($$$"""{"m": {"litellm_provider": "p", {{{members}}}}}""").Prices).Standard.Rates);

    [Fact]
    public void A_mode_s_rate_in_a_range_of_input_is_that_mode_s()
    {
        var imported = Import("""
            {"m": {"litellm_provider": "p", "tiered_pricing": [
                {"range": [0, 32000], "input_cost_per_token": 4e-7, "input_cost_per_token_batches": 2e-7},
                {"range": [32000, 64000], "input_cost_per_token": 8e-7, "input_cost_per_token_priority": 9e-7,
                    "thinking_cost_per_hour": 1, "output_cost_per_token": null}]}}
            """);
        var price = Assert.Single(imported.Prices);
        Assert.Equal(Said.Rates("input=0.4"), price.Standard.Rates);
        Assert.Equal([Said.Above(32_000, "input=0.8")], price.Standard.Tiers);
        Assert.Equal(Said.Rates("input=0.2"), price.Modes.Single(mode => mode.Mode == UsageMode.Batch).Card.Rates);
        Assert.Equal([Said.Above(32_000, "input=0.9")],
            price.Modes.Single(mode => mode.Mode == UsageMode.Priority).Card.Tiers);
        Assert.Equal(["tiered_pricing.thinking_cost_per_hour"], imported.Left.Select(left => left.Part));
    }

    [Fact]
    public void What_is_not_understood_is_said_not_dropped()
    {
        var left = Import("""
            {"a": {"litellm_provider": "p", "input_cost_per_token": -1, "output_cost_per_token": 1e-6,
                "input_dbu_cost_per_token": 2},
            "b": {"litellm_provider": "p", "mode": "chat"}, "c": {"input_cost_per_token": 1},
            "d*": {"litellm_provider": "p"}}
            """).Left;
        Assert.Equal(
            ["a input_cost_per_token", "a input_dbu_cost_per_token", "b ", "c ", "d* "],
            left.Select(one => $"{one.Entry} {one.Part}"));
    }

    private static ImportedPrices Import(string table)
    {
        using var json = JsonDocument.Parse(table);
        return Import(json.RootElement);
    }

    private static ImportedPrices Import(JsonElement table)
    {
        Assert.Null(LiteLlmTable.Read(table, "litellm", out var imported));
        return imported;
    }
}
