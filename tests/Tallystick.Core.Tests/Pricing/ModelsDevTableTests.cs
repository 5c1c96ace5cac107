using System.Text.Json;
using Tallystick.Core.Pricing;
using Tallystick.Core.Pricing.Import;
using Xunit;

namespace Tallystick.Core.Tests.Pricing;

/// <summary>The table of models.dev as it is: a real one, and what is not taken of it.</summary>
public sealed class ModelsDevTableTests
{
    private const string Real = "prices/models-dev-tokenlens-1.3.0.json";

    [Fact]
    public void Every_model_with_a_cost_becomes_a_price_of_its_provider()
    {
        var imported = Import(SharedData.Read(Real));
        Assert.All(imported.Left, left => Assert.Equal(("", "it has no rate"), (left.Part, left.Reason)));
        Assert.Equal(668, imported.Prices.Length);
        Assert.Equal(
            Costs().Select(model => (model.Provider, model.Model)),
            imported.Prices.Select(price => (price.Selector.Provider!, price.Selector.Model!)));
    }

    /// <summary>The independent reading: each figure of a cost, times its count, is the cost of that count.</summary>
    [Fact]
    public void A_million_tokens_of_each_kind_cost_what_the_table_says()
    {
        var book = new PriceBook(Import(SharedData.Read(Real)).Prices);
        var compared = 0;
        foreach (var (provider, model, cost) in Costs())
        {
            foreach (var rate in cost.EnumerateObject())
            {
                var whole = rate.Name switch
                {
                    "input" or "output" => "", "reasoning" => "output_tokens=1000000 ", _ => "input_tokens=1000000 ",
                };
                var usage = Said.Usage($"{whole}{rate.Name}_tokens=1000000", provider, model);
                Assert.Null(book.Find(usage, Said.Noon, out var price));
                Assert.Equal(
                    (model, rate.Name, Said.Number(rate.Value)),
                    (model, rate.Name, Said.Dollars(Said.Rate(usage, price))));
                compared++;
            }
        }
        Assert.Equal(1_608, compared);
    }

    [Theory]
    [InlineData(
        """
        "context_over_200k": {"input": 6, "output": 22.5}, "tiers": [{"input": 6, "output": 22.5,
            "tier": {"type": "context", "size": 200000}}, {"input": 9, "cache_read": 0, "tier": {"size": 1000000}}]
        """, 2)]
    [InlineData("\"context_over_200k\": {\"input\": 6, \"output\": 22.5}", 1)]
    public void The_size_of_the_context_makes_tiers(string tiers, int count)
    {
        var price = Assert.Single(Import("""
            {"acme": {"id": "acme", "models": {"large": {"id": "large", "cost": {"input": 3, "output": 15,
            "cache_read": 0.3, TIERS}}}}}
            """.Replace("TIERS", tiers, StringComparison.Ordinal)).Prices);
        Assert.Equal(Said.Rates("input=3 output=15 cache_read=0.3"), price.Standard.Rates);
        ContextTier[] expected =
            [Said.Above(200_000, "input=6 output=22.5"), Said.Above(1_000_000, "input=9 cache_read=0")];
        Assert.Equal(expected[..count], price.Standard.Tiers);
    }

    [Fact]
    public void What_is_not_understood_is_said_not_dropped()
    {
        var imported = Import("""
            {"acme": {"models": {
                "a": {"cost": {"input": 1, "per_minute": 0.006, "output": -1, "reasoning": null}},
                "b": {"id": "b"}, "c*": {"cost": {"input": 1}}, "d": 7, "e": {"cost": {"input": {}}},
                "f": {"cost": {"input": 1, "tiers": [{"input": 2}, {"input": 2, "tier": {"type": "day", "size": 1}}]}},
                "g": {"cost": {"input": 1, "tiers": [{"input": 2, "tier": 5}]}},
                "h": {"cost": {"input": 1}, "experimental": {"modes": {"fast": {"cost": {"input": 2}}, "slow": {}}}},
                "\ud800": {"cost": {"input": 1}}}},
            "beta": {"models": []}, "\ud800": {"models": {}}}
            """);
        Assert.Equal(["a", "f", "h"], imported.Prices.Select(price => price.Selector.Model));
        Assert.Equal(
            [
                "acme/a cost.per_minute", "acme/a cost.output", "acme/b ", "acme/c* ", "acme/d ", "acme/e cost.input",
                "acme/e ", "acme/f tiers", "acme/f tiers", "acme/g ", "acme/h experimental.modes.fast", "acme/[8] ",
                "beta ", "[2] ",
            ],
            imported.Left.Select(left => $"{left.Entry} {left.Part}"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"m": {"litellm_provider": "p", "input_cost_per_token": 1}}""")]
    [InlineData("""{"prices": []}""")]
    public void What_has_no_provider_with_models_is_no_such_table(string text)
    {
        using var json = JsonDocument.Parse(text);
        Assert.False(ModelsDevTable.IsLike(json.RootElement));
        Assert.NotNull(ModelsDevTable.Read(json.RootElement, null, out _));
    }

    private static IEnumerable<(string Provider, string Model, JsonElement Cost)> Costs() =>
        from provider in SharedData.Read(Real).EnumerateObject()
        from model in provider.Value.GetProperty("models").EnumerateObject()
        where model.Value.TryGetProperty("cost", out _)
        select (provider.Name, model.Name, model.Value.GetProperty("cost"));

    private static ImportedPrices Import(string table)
    {
        using var json = JsonDocument.Parse(table);
        return Import(json.RootElement);
    }

    private static ImportedPrices Import(JsonElement table)
    {
        Assert.Null(ModelsDevTable.Read(table, "models.dev", out var imported));
        Assert.All(imported.Prices, price => Assert.Null(PriceCheck.Of(price)));
        return imported;
    }
}
