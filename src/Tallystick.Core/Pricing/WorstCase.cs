using System.Collections.Immutable;
using System.Numerics;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>
/// Costs before the usage is known: what a hold must cover, and how much output a balance is good for. Pure.
/// </summary>
public static class WorstCase
{
    private static readonly MeteredUsage OneUsage = new();

    /// <summary>
    /// No usage within the bound can cost more: all input and output at the dearest rate of its kinds, in the dearest
    /// tier that the input can reach, and one request. Quantities other than tokens and requests are not covered.
    /// </summary>
    /// <param name="room">What a free tier has left for it; null for none.</param>
    public static Rejection? Bound(
        UsageBound bound, Price price, PriceTerms terms, Instant at, FreeRoom? room, out CreditAmount amount)
    {
        amount = default;
        var (input, output) = (ExactDecimal.From(bound.InputTokens), ExactDecimal.From(bound.OutputTokens));
        ExactDecimal? worst = null;
        var region = bound.Region ?? DearestRegion(price);
        foreach (var step in EffectiveRates.Steps(price, bound.Mode, input))
        {
            var rates = EffectiveRates.Of(price, bound.Mode, region, step, at);
            var (inputRate, outputRate) = (Dearest(rates, Unit.Input, bound), Dearest(rates, Unit.Output, bound));
            // What has no rate cannot be rated, so it cannot cost more either: such a usage is refused.
            if ((inputRate is null && !input.IsZero) || (outputRate is null && !output.IsZero)) continue;
            var cost = Total(terms, room,
            [
                CostLine.Of(Unit.Input, input, inputRate.GetValueOrDefault(), terms.CreditsPerUsd),
                CostLine.Of(Unit.Output, output, outputRate.GetValueOrDefault(), terms.CreditsPerUsd),
                CostLine.Of(Unit.Requests, ExactDecimal.One, OneRequest(rates), terms.CreditsPerUsd),
            ]);
            worst = worst is { } so ? ExactDecimal.Max(so, cost) : cost;
        }
        if (worst is not { } dearest) return new Rejection.UnknownPrice("its tokens have no rate");
        return dearest.TryRoundUpToMicros(out amount) ? null : new Rejection.LimitExceeded("cost");
    }

    /// <summary>
    /// How many output tokens, at the dearest of their rates, the balance still pays beside the rest of the usage; its
    /// own output is left out. Null: without end, because output costs nothing.
    /// </summary>
    public static Rejection? AffordableOutput(
        MeteredUsage usage, Price price, PriceTerms terms, Instant at, FreeRoom? room, CreditAmount balance,
        out long? tokens)
    {
        tokens = null;
        if (usage.Check() is { } wrong) return wrong;
        var rates = Rating.RatesFor(usage, price, at);
        if (Dearest(rates, Unit.Output, new(0, 0)) is not { } rate)
            return new Rejection.UnknownPrice("its output tokens have no rate");
        var rest = usage with
        {
            Quantities = usage.Quantities.RemoveAll(one => one.Unit.Traits.HasFlag(TokenTraits.Output)),
        };
        ImmutableArray<CostLine> lines = [];
        // A usage may count nothing but output; a request counts where it has a rate.
        if ((!rest.Quantities.IsEmpty || rates.TryGet(Unit.Requests, out _))
            && Rating.Itemise(rest, rates, terms, out lines) is { } rejection) return rejection;
        if (room is not null)
        {
            tokens = MostWithin(
                ExactDecimal.From(balance.Micros, scale: 6), count => Total(terms, room,
                    [.. lines, CostLine.Of(Unit.Output, ExactDecimal.From(count), rate, terms.CreditsPerUsd)], rest));
            return null;
        }
        var before = terms.Total(Cost.Sum(lines), isUsed: true);
        var each = terms.Total(rate.ShiftRight(Unit.Output.PerPower) * terms.CreditsPerUsd, isUsed: false);
        if (each.IsPositive) tokens = Times(ExactDecimal.From(balance.Micros, scale: 6) - before, each);
        return null;
    }

    /// <summary>Where nobody says where it will be processed.</summary>
    private static string? DearestRegion(Price price) =>
        price.Regions.Where(region => region.Value > ExactDecimal.One).OrderBy(region => region.Value)
            .Select(region => region.Name).LastOrDefault();

    /// <summary>
    /// How often the part fits into the whole; the greatest count is <see cref="MeteredUsage.CountMax"/>.
    /// </summary>
    private static long Times(ExactDecimal whole, ExactDecimal part)
    {
        if (!whole.IsPositive) return 0;
        var scale = Math.Max(whole.Scale, part.Scale);
        var times = BigInteger.Divide(whole.ShiftRight(-scale).Digits, part.ShiftRight(-scale).Digits);
        return (long)BigInteger.Min(times, MeteredUsage.CountMax);
    }

    /// <summary>
    /// The greatest count whose cost is within a balance, where more never costs less; null: there is none.
    /// </summary>
    private static long? MostWithin(ExactDecimal balance, Func<long, ExactDecimal> costOf)
    {
        if (costOf(MeteredUsage.CountMax) <= balance) return null;
        var (low, high) = (0L, MeteredUsage.CountMax - 1);
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            if (costOf(middle) <= balance) low = middle; else high = middle - 1;
        }
        return low;
    }

    /// <summary>The customer's price of lines, less what is free of them.</summary>
    private static ExactDecimal Total(
        PriceTerms terms, FreeRoom? room, ImmutableArray<CostLine> lines, MeteredUsage? usage = null)
    {
        var full = terms.Total(Cost.Sum(lines), isUsed: true);
        var free = FreeTierRules.Divide(room, usage ?? OneUsage, lines, full)?.Priced(terms, lines);
        return free is null ? full : full - free.Credits;
    }

    private static ExactDecimal OneRequest(RateTable rates) =>
        rates.TryGet(Unit.Requests, out var rate) ? rate : default;

    private static ExactDecimal? Dearest(RateTable rates, Unit pool, UsageBound bound)
    {
        ExactDecimal? dearest = null;
        foreach (var (unit, rate) in rates.All)
        {
            if ((unit != pool && !unit.IsPartOf(pool)) || (unit.Traits & bound.Impossible) != 0) continue;
            dearest = dearest is { } so ? ExactDecimal.Max(so, rate) : rate;
        }
        return dearest;
    }
}
