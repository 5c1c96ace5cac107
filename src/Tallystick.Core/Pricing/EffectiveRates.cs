using System.Collections.Immutable;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>
/// The one rate of each unit for one request. A time window's goes first; then, from the highest tier that the input
/// has reached down to the base, the mode's own, else the standard one times the mode's factor. A region multiplies
/// all.
/// </summary>
internal static class EffectiveRates
{
    public static RateTable Of(Price price, UsageMode mode, string? region, ExactDecimal inputTokens, Instant at)
    {
        var rates = new Dictionary<Unit, ExactDecimal>();
        foreach (var window in price.Windows)
            if (window.Contains(at)) Fill(rates, window.Rates, ExactDecimal.One);

        var own = ModeOf(price, mode);
        foreach (var (threshold, inclusive) in Reached(price.Standard, own.Card, inputTokens))
        {
            Fill(rates, TierAt(own.Card, threshold, inclusive), ExactDecimal.One);
            Fill(rates, TierAt(price.Standard, threshold, inclusive), own.Factor);
        }
        Fill(rates, own.Card.Rates, ExactDecimal.One);
        Fill(rates, price.Standard.Rates, own.Factor);

        var factor = RegionFactor(price, region);
        return RateTable.Of(rates.Select(rate => new UnitRate(rate.Key, rate.Value * factor)));
    }

    /// <summary>
    /// Every number of input tokens up to a bound at which other tiers apply, with 0: where the dearest is sought.
    /// </summary>
    public static IEnumerable<ExactDecimal> Steps(Price price, UsageMode mode, ExactDecimal bound)
    {
        yield return default;
        foreach (var tier in price.Standard.Tiers.Concat(ModeOf(price, mode).Card.Tiers))
        {
            var first = ExactDecimal.From(tier.Inclusive ? tier.Threshold : tier.Threshold + 1);
            if (first <= bound) yield return first;
        }
    }

    private static ModeRates ModeOf(Price price, UsageMode mode)
    {
        foreach (var rates in price.Modes)
            if (rates.Mode == mode) return rates;
        return new(mode, RateCard.Empty, ExactDecimal.One);
    }

    private static ExactDecimal RegionFactor(Price price, string? region)
    {
        foreach (var factor in price.Regions)
            if (factor.Name == region) return factor.Value;
        return ExactDecimal.One;
    }

    /// <summary>Highest first; at one threshold the inclusive tier begins one token earlier.</summary>
    private static ImmutableArray<(long, bool)> Reached(RateCard standard, RateCard own, ExactDecimal inputTokens) =>
        standard.Tiers.IsEmpty && own.Tiers.IsEmpty
            ? []
            : [.. standard.Tiers.Concat(own.Tiers).Where(tier => tier.IsReachedBy(inputTokens))
                .Select(tier => (tier.Threshold, tier.Inclusive)).Distinct()
                .OrderByDescending(tier => tier.Threshold).ThenBy(tier => tier.Inclusive)];

    private static RateTable TierAt(RateCard card, long threshold, bool inclusive)
    {
        foreach (var tier in card.Tiers)
            if (tier.Threshold == threshold && tier.Inclusive == inclusive) return tier.Rates;
        return RateTable.Empty;
    }

    private static void Fill(Dictionary<Unit, ExactDecimal> rates, RateTable from, ExactDecimal factor)
    {
        foreach (var rate in from.All) rates.TryAdd(rate.Unit, rate.Rate * factor);
    }
}
