using System.Collections.Immutable;
using System.Text.Json;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing.Import;

/// <summary>
/// Reads <c>api.json</c> of models.dev as it is: providers with their models, each with its <c>cost</c> in dollars for
/// a million tokens. docs/pricing.md says what becomes of which member.
/// </summary>
public static class ModelsDevTable
{
    private const string ModelsMember = "models", CostMember = "cost";
    private const string TiersMember = "tiers", Over200kMember = "context_over_200k";
    private const long Over200k = 200_000;

    /// <summary>The members of a cost that are rates, in our own words.</summary>
    private static readonly Unit[] Units =
    [
        Unit.Input, Unit.Output, Unit.Reasoning, Unit.CacheRead, Unit.CacheWrite, Unit.InputAudio, Unit.OutputAudio,
    ];

    /// <summary>True where a table looks like this one.</summary>
    public static bool IsLike(JsonElement table)
    {
        if (table.ValueKind != JsonValueKind.Object) return false;
        foreach (var provider in table.EnumerateObject())
            if (ModelsOf(provider.Value) is not null) return true;
        return false;
    }

    /// <param name="source">For people; recorded with every price.</param>
    public static Rejection? Read(JsonElement table, string? source, out ImportedPrices imported)
    {
        imported = new([], []);
        if (!IsLike(table))
            return new Rejection.InvalidField("body", "the table of models.dev is an object: provider → models");
        var prices = ImmutableArray.CreateBuilder<Price>();
        var left = ImmutableArray.CreateBuilder<LeftOut>();
        foreach (var (i, provider) in table.EnumerateObject().Index())
        {
            if (OddEntry.NameOf(provider) is not { } name) left.Add(new($"[{i}]", "", "its name is not text"));
            else if (ModelsOf(provider.Value) is { } models) ReadModels(name, models, source, prices, left);
            else left.Add(new(name, "", "it is no provider with models"));
        }
        imported = new(prices.ToImmutable(), left.ToImmutable());
        return null;
    }

    private static void ReadModels(
        string provider, JsonElement models, string? source, ImmutableArray<Price>.Builder prices,
        ImmutableArray<LeftOut>.Builder left)
    {
        foreach (var (i, model) in models.EnumerateObject().Index())
        {
            if (OddEntry.NameOf(model) is not { } name) left.Add(new($"{provider}/[{i}]", "", "its name is not text"));
            else prices.AddRange(OddEntry.Read(
                $"{provider}/{name}", left, () => [ReadModel(provider, name, model.Value, source, left)]));
        }
    }

    private static Price? ReadModel(
        string provider, string name, JsonElement model, string? source, ImmutableArray<LeftOut>.Builder left)
    {
        var sheet = new RateSheet($"{provider}/{name}", left);
        if (!new ModelPattern(name).IsExact)
        {
            sheet.Leave("", "its name is a pattern");
            return null;
        }
        ReadModes(model, sheet);
        if (model.TryGetProperty(CostMember, out var cost) && cost.ValueKind == JsonValueKind.Object)
            ReadCost(cost, sheet);
        if (sheet.IsEmpty)
        {
            sheet.Leave("", "it has no rate");
            return null;
        }
        return new()
        {
            Selector = new(provider, name, null, []), Standard = sheet.Card(UsageMode.Standard, inclusive: false),
            Modes = sheet.Modes(inclusive: false), Source = source,
        };
    }

    private static void ReadCost(JsonElement cost, RateSheet sheet)
    {
        ReadRates(cost, 0, sheet, [TiersMember, Over200kMember]);
        // The newer form says the same, and for any size.
        if (cost.TryGetProperty(TiersMember, out var tiers) && tiers.ValueKind == JsonValueKind.Array)
        {
            foreach (var tier in tiers.EnumerateArray()) ReadTier(tier, sheet);
        }
        else if (cost.TryGetProperty(Over200kMember, out var dear) && dear.ValueKind == JsonValueKind.Object)
        {
            ReadRates(dear, Over200k, sheet, []);
        }
    }

    private static void ReadTier(JsonElement tier, RateSheet sheet)
    {
        const string member = "tier", size = "size", type = "type";
        if (!tier.TryGetProperty(member, out var said) || !said.TryGetProperty(size, out var above)
            || !RateSheet.TryThreshold(above, out var threshold) || threshold == 0
            || (said.TryGetProperty(type, out var kind) && !kind.ValueEquals("context")))
        {
            sheet.Leave(TiersMember, "a tier without a size of the context");
            return;
        }
        ReadRates(tier, threshold, sheet, [member]);
    }

    private static void ReadRates(JsonElement cost, long threshold, RateSheet sheet, ReadOnlySpan<string> others)
    {
        foreach (var member in cost.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null || others.Contains(member.Name)) continue;
            var part = $"{CostMember}.{member.Name}";
            if (Array.Find(Units, unit => unit.Name == member.Name) is not { Name: not null } unit)
                sheet.Leave(part, "no unit here counts this");
            else if (sheet.TryRead(part, member.Value, out var rate))
                sheet.Add(UsageMode.Standard, threshold, unit, rate);
        }
    }

    /// <summary>How a model may be asked otherwise, at another cost: none of them is a mode of ours.</summary>
    private static void ReadModes(JsonElement model, RateSheet sheet)
    {
        const string experimental = "experimental", modes = "modes";
        if (!model.TryGetProperty(experimental, out var trial) || !trial.TryGetProperty(modes, out var others)) return;
        foreach (var mode in others.EnumerateObject())
            if (mode.Value.TryGetProperty(CostMember, out _))
                sheet.Leave($"{experimental}.{modes}.{mode.Name}", "no mode here");
    }

    private static JsonElement? ModelsOf(JsonElement provider) =>
        provider.ValueKind == JsonValueKind.Object && provider.TryGetProperty(ModelsMember, out var models)
        && models.ValueKind == JsonValueKind.Object ? models : null;
}
