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
            if (GenaiTable.Read(json.RootElement, null, out var imported) is not null) return imported;
            var own = whole[0]!["models"]!.AsArray().Count;
            Assert.InRange(imported.Prices.Length + imported.Left.Length, own, int.MaxValue);
            return imported;
        });
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
