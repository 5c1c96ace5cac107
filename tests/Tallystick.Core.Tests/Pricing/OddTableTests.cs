using System.Text.Json;
using System.Text.Json.Nodes;
using Tallystick.Core.Pricing;
using Tallystick.Core.Pricing.Import;
using Xunit;

namespace Tallystick.Core.Tests.Pricing;

/// <summary>Tables as they may be tomorrow: whatever is odd in an entry is its own affair.</summary>
public sealed class OddTableTests(ITestOutputHelper output)
{
    private const int Tables = 1_500, Entries = 12;

    private static readonly string[] Odd =
    [
        "null", "true", "\"\"", "\"free\"", "\"3e-06\"", "-1", "0", "1e400", "0.1", "99999999999999999999", "[]",
        "[null]", "[1,2]", "{}", "{\"base\":1}", "{\"tiers\":[{}]}", "{\"base\":\"1\",\"tiers\":null}",
        "[{\"prices\":null}]",
        "{\"or\":null}", "{\"or\":[1]}", "{\"start_date\":5}", "{\"range\":[\"a\",2]}",
    ];

    private static readonly string[] Names =
    [
        "input_cost_per_token_above_1m_tokens", "output_cost_per_token_priority_above_272k_tokens",
        "input_cost_per_thought_above_9k_tokens", "cache_read_input_token_cost_above_999999m_tokens_flex",
        "tiered_pricing", "search_context_cost_per_query", "provider_specific_entry", "litellm_provider",
        "regional_processing_uplift_multiplier_",
        "cost", "tiers", "tier", "context_over_200k", "experimental",
        "input_mtok", "prices", "match", "constraint", "fallback_model_providers", "models", "id", "",
    ];

    [Theory]
    [InlineData("prices/litellm-filtered-2026-07-24.json")]
    [InlineData("prices/litellm-full-2025-09-05.json")]
    public void Whatever_an_entry_of_litellm_s_table_says_it_becomes_a_price_or_is_named_and_the_others_are_taken(
        string file)
    {
        var whole = JsonNode.Parse(SharedData.Read(file).GetRawText())!.AsObject();
        whole.Remove("sample_spec");
        Run(random =>
        {
            var names = random.GetItems(whole.Select(one => one.Key).ToArray(), Entries).Distinct().ToList();
            var table = new JsonObject(names.Select(name => KeyValuePair.Create(name, whole[name]?.DeepClone())));
            var odd = names[0];
            Spoil(table[odd]!, random);
            using var json = JsonDocument.Parse(table.ToJsonString());
            Assert.Null(LiteLlmTable.Read(json.RootElement, null, out var imported));
            foreach (var name in names)
                Assert.Contains(name, imported.Prices.Select(price => price.Selector.Model!)
                    .Concat(imported.Left.Where(left => left.Part.Length == 0).Select(left => left.Entry)));
            return imported;
        });
    }

    [Fact]
    public void Whatever_a_model_of_the_genai_table_says_the_others_are_taken()
    {
        var whole = JsonNode.Parse(SharedData.Read("prices/genai-prices/v2-data.json").GetRawText())!.AsArray();
        Run(random =>
        {
            var provider = whole[random.Next(whole.Count)]!.DeepClone();
            Spoil(provider, random);
            using var json = JsonDocument.Parse(new JsonArray(provider, whole[0]!.DeepClone()).ToJsonString());
            Assert.Null(GenaiTable.Read(json.RootElement, null, out var imported));
            var own = whole[0]!["models"]!.AsArray().Count;
            Assert.InRange(imported.Prices.Length + imported.Left.Length, own, int.MaxValue);
            return imported;
        });
    }

    [Fact]
    public void Whatever_a_model_of_models_dev_says_it_becomes_a_price_or_is_named_and_the_others_are_taken()
    {
        var whole = JsonNode.Parse(SharedData.Read("prices/models-dev-tokenlens-1.3.0.json").GetRawText())!.AsObject();
        Run(random =>
        {
            var provider = whole.ElementAt(random.Next(whole.Count)).Value!.DeepClone();
            var names = provider["models"]!.AsObject().Select(model => model.Key).ToList();
            Spoil(provider["models"]![names[random.Next(names.Count)]]!, random);
            using var json = JsonDocument.Parse(new JsonObject { ["p"] = provider }.ToJsonString());
            Assert.Null(ModelsDevTable.Read(json.RootElement, null, out var imported));
            Assert.Equal(
                names.Order(),
                imported.Prices.Select(price => price.Selector.Model!).Concat(imported.Left
                    .Where(left => left.Part.Length == 0).Select(left => left.Entry["p/".Length..])).Order());
            return imported;
        });
    }

    [Theory]
    [InlineData("""{"id":"odd","prices":{"input_mtok":1}}""", "p/odd")]
    [InlineData("""{"id":"odd","match":{"equals":"odd"},"prices":null}""", "p/odd")]
    [InlineData("""{"id":5,"match":{"equals":"odd"},"prices":{"input_mtok":1}}""", "p/[1]")]
    [InlineData("""{"id":"\ud800","match":{"equals":"odd"},"prices":{"input_mtok":1}}""", "p/[1]")]
    [InlineData("\"odd\"", "p/[1]")]
    [InlineData("null", "p/[1]")]
    public void A_model_of_the_genai_table_without_what_a_model_has_is_named_and_the_others_are_taken(
        string odd, string named)
    {
        var imported = Genai($$$"""[{"id":"p","models":[{{{Whole}}},{{{odd}}}]}]""");
        Assert.Equal("whole", Assert.Single(imported.Prices).Selector.Model);
        Assert.Contains(named, imported.Left.Select(left => left.Entry));
    }

    [Theory]
    [InlineData("null", "[1]")]
    [InlineData("""{"id":"odd"}""", "odd")]
    [InlineData("""{"id":"odd","models":null}""", "odd")]
    [InlineData("""{"id":"\ud800","models":[]}""", "[1]")]
    public void A_provider_of_the_genai_table_without_models_is_named_and_the_others_are_taken(string odd, string named)
    {
        var imported = Genai(
            $$$"""[{"id":"p","fallback_model_providers":["\ud800"],"models":[{{{Whole}}}]},{{{odd}}}]""");
        Assert.Equal("whole", Assert.Single(imported.Prices).Selector.Model);
        Assert.Equal(named, Assert.Single(imported.Left).Entry);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[1,{}]")]
    [InlineData("{}")]
    public void What_has_no_provider_at_all_is_no_genai_table(string text)
    {
        using var json = JsonDocument.Parse(text);
        Assert.NotNull(GenaiTable.Read(json.RootElement, null, out _));
    }

    [Theory]
    [InlineData("200000.0")]
    [InlineData("2e5")]
    [InlineData("\"200000\"")]
    public void A_threshold_is_read_however_it_is_written(string start)
    {
        var genai = Genai(
            $$$$"""
            [{"id":"p","models":[{"id":"whole","match":{"equals":"whole"},
            "prices":{"input_mtok":{"base":1,"tiers":[{"start":{{{{start}}}},"price":2}]}}}]}]
            """);
        var litellm = LiteLlm(
            $$$"""
            {"m":{"litellm_provider":"p","input_cost_per_token":1e-6,
            "tiered_pricing":[{"range":[{{{start}}},null],"input_cost_per_token":2e-6}]}}
            """);
        foreach (var imported in new[] { genai, litellm })
        {
            Assert.Empty(imported.Left);
            Assert.Equal(200_000, Assert.Single(Assert.Single(imported.Prices).Standard.Tiers).Threshold);
        }
    }

    [Theory]
    [InlineData("input_cost_per_token_above_200000_tokens", 200_000)]
    [InlineData("input_cost_per_token_above_200k_tokens", 200_000)]
    [InlineData("input_cost_per_token_above_2m_tokens", 2_000_000)]
    public void A_threshold_in_a_name_is_in_tokens_thousands_or_millions(string name, long tokens)
    {
        var imported = LiteLlm(
            $$$"""{"m":{"litellm_provider":"p","input_cost_per_token":1e-6,"{{{name}}}":2e-6}}""");
        Assert.Equal(tokens, Assert.Single(Assert.Single(imported.Prices).Standard.Tiers).Threshold);
    }

    [Fact]
    public void Pages_have_a_rate_and_a_name_that_is_not_Unicode_is_left_out()
    {
        var imported = LiteLlm(
            """
            {"m":{"litellm_provider":"p","ocr_cost_per_page":"1e-3","annotation_cost_per_page":3e-3},
            "\ud800":{"litellm_provider":"p","input_cost_per_token":1}}
            """);
        var rates = Assert.Single(imported.Prices).Standard.Rates.All;
        Assert.Equal(["annotated_pages", "pages"], rates.Select(rate => rate.Unit.CountName).Order());
        Assert.Equal("[1]", Assert.Single(imported.Left).Entry);
    }

    private const string Whole = """{"id":"whole","match":{"equals":"whole"},"prices":{"input_mtok":1}}""";

    private static ImportedPrices Genai(string text)
    {
        using var json = JsonDocument.Parse(text);
        Assert.Null(GenaiTable.Read(json.RootElement, null, out var imported));
        return imported;
    }

    private static ImportedPrices LiteLlm(string text)
    {
        using var json = JsonDocument.Parse(text);
        Assert.Null(LiteLlmTable.Read(json.RootElement, null, out var imported));
        return imported;
    }

    private void Run(Func<Random, ImportedPrices> read)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TALLY_SEED"), out var given)
            ? given : Random.Shared.Next();
        output.WriteLine($"TALLY_SEED={seed}");
        var taken = 0;
        for (var i = 0; i < Tables; i++)
        {
            var imported = read(new(unchecked(seed * 31 + i)));
            foreach (var price in imported.Prices) Assert.Null(PriceCheck.Of(price));
            taken += imported.Prices.Length;
        }
        Assert.True(taken > Tables, "hardly anything was taken");
    }

    /// <summary>One to three values somewhere in it are odd ones, or under other names.</summary>
    private static void Spoil(JsonNode node, Random random)
    {
        for (var left = random.Next(1, 4); left > 0; left--)
        {
            var at = node;
            while (Children(at).Where(child => child is JsonObject or JsonArray).ToArray() is { Length: > 0 } inner
                && random.Next(4) > 0) at = inner[random.Next(inner.Length)]!;
            var odd = JsonNode.Parse(Odd[random.Next(Odd.Length)]);
            if (at is JsonArray array)
            {
                if (array.Count > 0) array[random.Next(array.Count)] = odd;
                else array.Add(odd);
            }
            else if (at is JsonObject given)
                given[given.Count > 0 && random.Next(2) == 0
                    ? given.ElementAt(random.Next(given.Count)).Key : Names[random.Next(Names.Length)]] = odd;
        }
    }

    private static IEnumerable<JsonNode?> Children(JsonNode? node) => node switch
    {
        JsonObject given => given.Select(one => one.Value), JsonArray array => array, _ => [],
    };
}
