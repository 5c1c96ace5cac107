using System.Collections.Immutable;
using System.Text.Json;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Pricing.Import;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Tests.Pricing;

/// <summary>Short ways to say numbers, usages and prices.</summary>
internal static class Said
{
    public static readonly Instant Noon = Time("2025-11-06T12:00:00Z");

    public static ExactDecimal Number(string text) =>
        ExactDecimal.TryParse(text, out var number) ? number : throw new FormatException(text);

    public static ExactDecimal Number(JsonElement value) =>
        Number(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());

    public static Instant Time(string text) =>
        Instant.From(DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture));

    public static Unit Count(string name) =>
        Unit.TryFromCount(name, out var unit) ? unit : throw new FormatException(name);

    /// <summary>Counts like <c>input_tokens=1000 images=2</c>.</summary>
    public static MeteredUsage Usage(string counts, string? provider = "acme", string? model = "m") => new()
    {
        Provider = provider, Model = model,
        Quantities = [.. Pairs(counts).Select(pair => new Quantity(Count(pair.Name), Number(pair.Value)))],
    };

    /// <summary>Rates like <c>input=3 output=15</c>.</summary>
    public static RateTable Rates(string rates) => RateTable.Of(Pairs(rates).Select(pair =>
        new UnitRate(
            Unit.TryFromRate(pair.Name, out var unit) ? unit : throw new FormatException(pair.Name),
            Number(pair.Value))));

    public static Price Price(string rates, string? model = "m", string? provider = "acme", string? service = null) =>
        new() { Selector = new(provider, model, service, []), Standard = new(Rates(rates), []) };

    public static ContextTier Above(long threshold, string rates, bool inclusive = false) =>
        new(threshold, inclusive, Rates(rates));

    public static Cost Rate(MeteredUsage usage, Price price, PriceTerms? terms = null, Instant? at = null)
    {
        var rejection = Rating.Rate(usage, price, terms ?? PriceTerms.AtCost, at ?? Noon, out var cost);
        return rejection is null ? cost : throw new InvalidOperationException(rejection.ToString());
    }

    public static ExactDecimal Dollars(Cost cost) => Sum(cost.Lines);
    public static ExactDecimal Sum(IEnumerable<CostLine> lines) =>
        lines.Aggregate(ExactDecimal.Zero, (sum, line) => sum + line.Credits);

    public static ImmutableArray<Price> Genai(string file)
    {
        var rejection = GenaiTable.Read(SharedData.Read(file), file, out var imported);
        return rejection is null ? imported.Prices : throw new InvalidOperationException(rejection.ToString());
    }

    private static IEnumerable<(string Name, string Value)> Pairs(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='))
            .Select(pair => (pair[0], pair[1]));
}
