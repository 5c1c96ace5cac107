using System.Collections.Immutable;
using System.Text.Json;
using Tallystick.Core.Money;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing.Import;

/// <summary>
/// Reads litellm's <c>model_prices_and_context_window.json</c> as it is. There rates are dollars for one of everything;
/// the entry's key is the model's name, with and without the provider's prefix. docs/pricing.md says what becomes of
/// which member.
/// </summary>
public static class LiteLlmTable
{
    private const string Example = "sample_spec";
    private const string RegionPrefix = "regional_processing_uplift_multiplier_";
    private const string RegionsMember = "provider_specific_entry";
    private const string SearchMember = "search_context_cost_per_query";
    private const string TiersMember = "tiered_pricing";
    private static readonly string[] Regions = ["us", "eu", "global"];

    /// <param name="source">For people; recorded with every price.</param>
    public static Rejection? Read(JsonElement table, string? source, out ImportedPrices imported)
    {
        imported = new([], []);
        if (table.ValueKind != JsonValueKind.Object)
            return new Rejection.InvalidField("body", "litellm's table is an object: model → rates");
        var prices = ImmutableArray.CreateBuilder<Price>();
        var left = ImmutableArray.CreateBuilder<LeftOut>();
        foreach (var (i, model) in table.EnumerateObject().Index())
        {
            if (OddEntry.NameOf(model) is not { } name) left.Add(new($"[{i}]", "", "its name is not text"));
            else if (name != Example)
                prices.AddRange(OddEntry.Read(name, left, () => [ReadModel(name, model.Value, source, left)]));
        }
        imported = new(prices.ToImmutable(), left.ToImmutable());
        return null;
    }

    private static Price? ReadModel(
        string name, JsonElement model, string? source, ImmutableArray<LeftOut>.Builder left)
    {
        var sheet = new RateSheet(name, left);
        var provider = model.ValueKind == JsonValueKind.Object && model.TryGetProperty("litellm_provider", out var text)
            ? ProviderOf(text.GetString() ?? "") : "";
        if (provider.Length == 0 || !new ModelPattern(name).IsExact)
        {
            sheet.Leave("", provider.Length == 0 ? "it has no litellm_provider" : "its name is a pattern");
            return null;
        }
        var regions = ImmutableArray.CreateBuilder<Factor>();
        foreach (var member in model.EnumerateObject()) ReadMember(model, member, sheet, regions);
        // Last: within its range a tier says more than the model.
        if (model.TryGetProperty(TiersMember, out var tiers)) ReadTiers(model, tiers, sheet);
        if (sheet.IsEmpty)
        {
            sheet.Leave("", "it has no rate");
            return null;
        }
        var inclusive = provider == "xai"; // litellm bills xAI from the threshold on, all others above it.
        return new()
        {
            Selector = new(provider, name, null, Alias(name, provider)),
            Standard = sheet.Card(UsageMode.Standard, inclusive), Modes = sheet.Modes(inclusive),
            Regions = regions.ToImmutable(), Source = source,
        };
    }

    private static void ReadMember(
        JsonElement model, JsonProperty member, RateSheet sheet, ImmutableArray<Factor>.Builder regions)
    {
        if (member.Value.ValueKind == JsonValueKind.Null) return;
        if (LiteLlmKey.TryParse(member.Name, out var key)) ReadRate(model, member, key, sheet);
        else if (member.Name == SearchMember) ReadSearches(member, sheet);
        else if (member.Name.StartsWith(RegionPrefix, StringComparison.Ordinal))
        {
            if (sheet.TryRead(member.Name, member.Value, out var factor))
                regions.Add(new(member.Name[RegionPrefix.Length..], factor));
        }
        else if (member.Name == RegionsMember) ReadRegions(member, sheet, regions);
        else if (member.Name != TiersMember && IsAboutMoney(member.Name))
            sheet.Leave(member.Name, "no unit here counts this");
    }

    private static void ReadRate(JsonElement model, JsonProperty member, LiteLlmKey key, RateSheet sheet)
    {
        if (!sheet.TryRead(member.Name, member.Value, out var rate)) return;
        var unit = key.Unit;
        if (member.Name == "input_cost_per_token_cache_hit" && Says(model, "cache_read_input_token_cost"))
        {
            sheet.Leave(member.Name, "cache_read_input_token_cost says the same");
            return;
        }
        // A second that goes in is the second that comes out: speech is billed by the one of the two that costs.
        if (member.Name == "input_cost_per_second" && Costs(model, "output_cost_per_second"))
        {
            sheet.Leave(member.Name, "output_cost_per_second is billed instead");
            return;
        }
        if (member.Name == "output_cost_per_second" && rate.IsZero && Costs(model, "input_cost_per_second")) return;
        if (member.Name == "input_cost_per_image" && IsImageGeneration(model)) unit = Unit.Images;
        sheet.Add(key.Mode, key.Threshold, unit, rate.ShiftRight(-unit.PerPower));
    }

    private static bool IsImageGeneration(JsonElement model) =>
        model.TryGetProperty("mode", out var mode) && mode.ValueEquals("image_generation")
        && !Says(model, "output_cost_per_image");

    private static bool Says(JsonElement model, string member) =>
        model.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null;

    private static bool Costs(JsonElement model, string member) =>
        model.TryGetProperty(member, out var value) && RateSheet.TryNumber(value, out var rate) && !rate.IsZero;

    /// <summary>Searches have a rate for each context size; the medium one is the provider's default.</summary>
    private static void ReadSearches(JsonProperty member, RateSheet sheet)
    {
        const string prefix = "search_context_size_";
        if (member.Value.ValueKind != JsonValueKind.Object)
        {
            sheet.Leave(member.Name, "not an object");
            return;
        }
        foreach (var size in member.Value.EnumerateObject())
        {
            var name = size.Name.StartsWith(prefix, StringComparison.Ordinal) ? size.Name[prefix.Length..] : size.Name;
            if (!sheet.TryRead($"{member.Name}.{size.Name}", size.Value, out var rate)) continue;
            if (!Unit.TryFromRate($"web_searches_{name}", out var unit)) continue;
            sheet.Add(UsageMode.Standard, 0, unit, rate);
            if (name == "medium" && Unit.TryFromRate("web_searches", out var searches))
                sheet.Add(UsageMode.Standard, 0, searches, rate);
        }
    }

    /// <summary>
    /// Ranges of input tokens, the lower end exclusive. Within a tier, a kind without a rate of its own is billed with
    /// its pool of the tier, whatever the model says of it elsewhere.
    /// </summary>
    private static void ReadTiers(JsonElement model, JsonElement tiers, RateSheet sheet)
    {
        if (tiers.ValueKind != JsonValueKind.Array)
        {
            sheet.Leave(TiersMember, "not an array");
            return;
        }
        foreach (var tier in tiers.EnumerateArray())
        {
            if (!TryLowerEnd(tier, out var above))
            {
                sheet.Leave(TiersMember, "a tier without a range");
                continue;
            }
            var rates = new Dictionary<Unit, ExactDecimal>();
            foreach (var rate in tier.EnumerateObject()) ReadTierRate(rate, above, rates, sheet);
            foreach (var other in model.EnumerateObject())
            {
                if (!LiteLlmKey.TryParse(other.Name, out var key) || rates.ContainsKey(key.Unit)) continue;
                if (PoolIn(key.Unit, rates) is { } pool) rates[key.Unit] = rates[pool];
            }
            foreach (var (unit, rate) in rates) sheet.Add(UsageMode.Standard, above, unit, rate);
        }
    }

    private static void ReadTierRate(
        JsonProperty member, long above, Dictionary<Unit, ExactDecimal> rates, RateSheet sheet)
    {
        if (member.Value.ValueKind == JsonValueKind.Null) return;
        if (!LiteLlmKey.TryParse(member.Name, out var key))
        {
            if (IsAboutMoney(member.Name)) sheet.Leave($"{TiersMember}.{member.Name}", "no unit here counts this");
            return;
        }
        if (!sheet.TryRead(member.Name, member.Value, out var value)) return;
        var rate = value.ShiftRight(-key.Unit.PerPower);
        if (key.Mode == UsageMode.Standard) rates[key.Unit] = rate;
        else sheet.Add(key.Mode, above, key.Unit, rate);
    }

    private static Unit? PoolIn(Unit unit, Dictionary<Unit, ExactDecimal> rates) =>
        rates.Keys.Where(pool => unit.IsPartOf(pool)).OrderByDescending(pool => int.PopCount((int)pool.Traits))
            .Select(pool => (Unit?)pool).FirstOrDefault();

    /// <summary>The upper end says nothing more: the next range begins there, and the last may be open.</summary>
    private static bool TryLowerEnd(JsonElement tier, out long above)
    {
        above = 0;
        return tier.ValueKind == JsonValueKind.Object && tier.TryGetProperty("range", out var range)
            && range.ValueKind == JsonValueKind.Array && range.GetArrayLength() > 0
            && RateSheet.TryThreshold(range[0], out above);
    }

    private static void ReadRegions(JsonProperty member, RateSheet sheet, ImmutableArray<Factor>.Builder regions)
    {
        if (member.Value.ValueKind != JsonValueKind.Object) return;
        foreach (var entry in member.Value.EnumerateObject())
        {
            if (!Regions.Contains(entry.Name))
                sheet.Leave($"{member.Name}.{entry.Name}", "neither a region nor a mode here");
            else if (sheet.TryRead(member.Name, entry.Value, out var factor)) regions.Add(new(entry.Name, factor));
        }
    }

    private static bool IsAboutMoney(string member) =>
        member.Contains("cost", StringComparison.Ordinal) || member.Contains("pric", StringComparison.Ordinal)
        || member.Contains("multiplier", StringComparison.Ordinal);

    /// <summary>litellm tells the families of one provider's models apart in its name.</summary>
    private static string ProviderOf(string name) => name switch
    {
        "text-completion-openai" => "openai",
        "text-completion-codestral" => "codestral",
        "cohere_chat" => "cohere",
        "bedrock_converse" => "bedrock",
        "azure_text" => "azure",
        _ when name.StartsWith("vertex_ai-", StringComparison.Ordinal) => "vertex_ai",
        _ when name.StartsWith("fireworks_ai-", StringComparison.Ordinal) => "fireworks_ai",
        _ => name,
    };

    private static ImmutableArray<string> Alias(string name, string provider) =>
        name.StartsWith(provider + "/", StringComparison.Ordinal) && name.Length > provider.Length + 1
            ? [name[(provider.Length + 1)..]]
            : [];
}
