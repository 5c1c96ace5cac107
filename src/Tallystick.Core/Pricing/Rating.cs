using System.Collections.Immutable;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>
/// Usage and price in, cost out: the one function behind charges, captures, holds, events, check and estimate. Pure.
/// </summary>
public static class Rating
{
    /// <param name="at">When it was used: of the request, or of the event.</param>
    public static Rejection? Rate(MeteredUsage usage, Price price, PriceTerms terms, Instant at, out Cost cost) =>
        Rate(usage, price, terms, at, room: null, out cost);

    /// <param name="room">What the account's free tier has left for it; null where it has none.</param>
    public static Rejection? Rate(
        MeteredUsage usage, Price price, PriceTerms terms, Instant at, FreeRoom? room, out Cost cost)
    {
        cost = null!;
        if (usage.Check() is { } wrong) return wrong;
        if (Itemise(usage, RatesFor(usage, price, at), terms, out var lines) is { } rejection) return rejection;
        var provider = Cost.Sum(lines);
        var markup = terms.Total(provider, isUsed: !lines.IsEmpty) - provider;
        var free = FreeTierRules.Divide(room, usage, lines, provider + markup)?.Priced(terms, lines);
        return Cost.TryRound(price.Number, terms.CreditsPerUsd, lines, markup, free, out cost)
            ? null
            : new Rejection.LimitExceeded("cost");
    }

    /// <summary>A line for each rate of which anything was used.</summary>
    internal static Rejection? Itemise(
        MeteredUsage usage, RateTable rates, PriceTerms terms, out ImmutableArray<CostLine> lines)
    {
        lines = [];
        var counted = WithRequest(usage, rates);
        if (counted.Quantities.IsEmpty)
            return new Rejection.InvalidField("usage", "nothing is counted; what was not used is 0");
        if (Pools.Divide(counted, rates, out var quantities) is { } rejection) return rejection;
        var items = ImmutableArray.CreateBuilder<CostLine>(quantities.Count);
        foreach (var (unit, rate) in rates.All)
        {
            if (!quantities.TryGetValue(unit, out var quantity) || quantity.IsZero) continue;
            items.Add(CostLine.Of(unit, quantity, rate, terms.CreditsPerUsd));
        }
        lines = items.ToImmutable();
        return null;
    }

    /// <summary>The rates of this request, by its mode, region, input and time.</summary>
    internal static RateTable RatesFor(MeteredUsage usage, Price price, Instant at) =>
        EffectiveRates.Of(price, usage.Mode, usage.Region, usage[Unit.Input] ?? default, at);

    /// <summary>Where requests have a rate, a usage that does not say how many it is about is about one.</summary>
    private static MeteredUsage WithRequest(MeteredUsage usage, RateTable rates) =>
        rates.TryGet(Unit.Requests, out _) && usage[Unit.Requests] is null
            ? usage with { Quantities = usage.Quantities.Add(new(Unit.Requests, ExactDecimal.One)) }
            : usage;
}
