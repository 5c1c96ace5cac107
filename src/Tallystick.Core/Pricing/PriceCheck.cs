using System.Collections.Immutable;
using Tallystick.Core.Money;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>What a price and a project's pricing settings must keep to, wherever they come from.</summary>
public static class PriceCheck
{
    public const int AliasesMax = 100;
    private const int TextMax = MeteredUsage.NameLengthMax;
    private const int SourceMax = 500;
    private const int RatesMax = 200;
    private const int PartsMax = 50;
    private const int FactorsMax = 1_000;
    private static readonly ExactDecimal RateMax = ExactDecimal.From(1_000_000_000_000);
    private static readonly ExactDecimal FactorMax = ExactDecimal.From(1_000_000);

    /// <summary>The first thing wrong with it; the field is relative to the price.</summary>
    public static Rejection? Of(Price price) => Selector(price.Selector) ?? Tables(price) ?? Rest(price);

    public static Rejection? Of(PricingSettings settings)
    {
        if (!settings.CreditsPerUsd.IsPositive || settings.CreditsPerUsd > FactorMax)
            return Wrong("credits_per_usd", $"above 0, at most {FactorMax}");
        return Check(settings.Markup) ?? Check(settings.Providers, "multipliers.providers")
            ?? Check(settings.Models, "multipliers.models")
            ?? Check(settings.Regions, "multipliers.regions");
    }

    private static Rejection.InvalidField? Selector(PriceSelector selector)
    {
        if (selector.Model is null && selector.Service is null) return Wrong("model", "a model or a service is needed");
        if (selector.Model is null && !selector.Aliases.IsEmpty) return Wrong("aliases", "of a model only");
        if (selector.Aliases.Length > AliasesMax) return Wrong("aliases", $"at most {AliasesMax}");
        if (!IsText(selector.Provider)) return Wrong("provider", $"1 to {TextMax} characters");
        if (!IsText(selector.Service)) return Wrong("service", $"1 to {TextMax} characters");
        foreach (var pattern in selector.Models)
            if (!IsText(pattern.Text) || !ModelPattern.IsValid(pattern.Text))
                return Wrong("model", $"1 to {TextMax} characters, * ? and [0-9] as wildcards");
        return null;
    }

    private static Rejection.InvalidField? Tables(Price price)
    {
        var cards = price.Modes.Select(mode => mode.Card).Prepend(price.Standard).ToList();
        var tables = cards.SelectMany(card => card.Tiers.Select(tier => tier.Rates).Prepend(card.Rates))
            .Concat(price.Windows.Select(window => window.Rates)).ToList();
        if (tables.All(table => table.IsEmpty)) return Wrong("rates", "at least one");
        foreach (var rate in tables.SelectMany(table => table.All))
            if (rate.Rate.IsNegative || rate.Rate > RateMax)
                return Wrong("rates", $"{rate.Unit.Name} from 0 to {RateMax}");
        if (tables.Any(table => table.All.Length > RatesMax)) return Wrong("rates", $"at most {RatesMax}");
        foreach (var card in cards)
        {
            if (card.Tiers.Length > PartsMax) return Wrong("tiers", $"at most {PartsMax}");
            for (var i = 0; i < card.Tiers.Length; i++)
            {
                if (card.Tiers[i].Threshold is < 1 or > MeteredUsage.CountMax)
                    return Wrong("tiers", $"above_input_tokens from 1 to {MeteredUsage.CountMax}");
                if (i > 0 && card.Tiers[i].Threshold <= card.Tiers[i - 1].Threshold)
                    return Wrong("tiers", "by ascending above_input_tokens, each once");
            }
        }
        return null;
    }

    private static Rejection.InvalidField? Rest(Price price)
    {
        if (price.Modes.Select(mode => mode.Mode).Distinct().Count() != price.Modes.Length
            || price.Modes.Any(mode => mode.Mode == UsageMode.Standard))
            return Wrong("modes", "batch, flex, priority; each once");
        if (!price.Modes.All(mode => IsFactor(mode.Factor)))
            return Wrong("modes", $"a factor from 0 to {FactorMax}");
        if (price.Windows.Length > PartsMax) return Wrong("windows", $"at most {PartsMax}");
        foreach (var window in price.Windows)
        {
            if (window.Spans.IsEmpty || window.Spans.Length > PartsMax || window.Spans.Any(span => !IsSpan(span)))
                return Wrong("windows", "hours of the day like 16:30-00:30");
            if (window.Days.Any(day => day is < 1 or > 7) || window.Days.Distinct().Count() != window.Days.Length)
                return Wrong("windows", "weekdays from 1 (Monday) to 7, each once");
        }
        if (price.Source is { Length: 0 or > SourceMax }) return Wrong("source", $"1 to {SourceMax} characters");
        return Check(price.Regions, "regions") ?? (price.Markup is { } markup ? Check(markup) : null);
    }

    private static bool IsSpan(DaySpan span) =>
        span.From is >= 0 and < DaySpan.DaySeconds && span.To is >= 0 and <= DaySpan.DaySeconds;

    private static Rejection.InvalidField? Check(Markup markup) =>
        IsFactor(markup.Percent) && IsFactor(markup.FixedUsd)
            ? null
            : Wrong("markup", $"percent and fixed from 0 to {FactorMax}");

    private static bool IsFactor(ExactDecimal value) => !value.IsNegative && value <= FactorMax;

    private static Rejection.InvalidField? Check(ImmutableArray<Factor> factors, string field)
    {
        if (factors.Length > FactorsMax) return Wrong(field, $"at most {FactorsMax}");
        foreach (var factor in factors)
            if (!IsText(factor.Name) || !IsFactor(factor.Value))
                return Wrong($"{field}.{factor.Name}", $"a number from 0 to {FactorMax}");
        var names = factors.Select(factor => factor.Name).Distinct().Count();
        return names == factors.Length ? null : Wrong(field, "each once");
    }

    private static bool IsText(string? text) =>
        text is null || (text.Length is >= 1 and <= TextMax && !text.Any(char.IsControl));

    private static Rejection.InvalidField Wrong(string field, string reason) => new(field, reason);
}
