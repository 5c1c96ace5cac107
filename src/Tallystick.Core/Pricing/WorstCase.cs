using System.Numerics;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>
/// Costs before the usage is known: what a hold must cover, and how much output a balance is good for. Pure.
/// </summary>
public static class WorstCase
{
    /// <summary>
    /// No usage within the bound can cost more: all input and output at the dearest rate of its kinds, in the dearest
    /// tier that the input can reach, and one request. Quantities other than tokens and requests are not covered.
    /// </summary>
    public static Rejection? Bound(UsageBound bound, Price price, PriceTerms terms, Instant at, out CreditAmount amount)
    {
        amount = default;
        var (input, output) = (ExactDecimal.From(bound.InputTokens), ExactDecimal.From(bound.OutputTokens));
        ExactDecimal? worst = null;
        foreach (var step in EffectiveRates.Steps(price, bound.Mode, input))
        {
            var rates = EffectiveRates.Of(price, bound.Mode, bound.Region, step, at);
            var (inputRate, outputRate) = (Dearest(rates, Unit.Input, bound), Dearest(rates, Unit.Output, bound));
            // What has no rate cannot be rated, so it cannot cost more either: such a usage is refused.
            if ((inputRate is null && !input.IsZero) || (outputRate is null && !output.IsZero)) continue;
            var cost = input * inputRate.GetValueOrDefault() + output * outputRate.GetValueOrDefault();
            cost = cost.ShiftRight(Unit.Input.PerPower) + OneRequest(rates);
            worst = worst is { } so ? ExactDecimal.Max(so, cost) : cost;
        }
        if (worst is not { } dearest) return new Rejection.UnknownPrice("its tokens have no rate");
        var total = terms.Total(dearest * terms.CreditsPerUsd, isUsed: true);
        return total.TryRoundUpToMicros(out amount) ? null : new Rejection.LimitExceeded("cost");
    }

    /// <summary>
    /// How many output tokens, at the dearest of their rates, the balance still pays beside the rest of the usage; its
    /// own output is left out. Null: without end, because output costs nothing.
    /// </summary>
    public static Rejection? AffordableOutput(
        MeteredUsage usage, Price price, PriceTerms terms, Instant at, CreditAmount balance, out long? tokens)
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
        if (Rating.Itemise(rest, rates, terms, out var lines) is { } rejection) return rejection;
        var before = terms.Total(Cost.Sum(lines), isUsed: true);
        var each = terms.Total(rate.ShiftRight(Unit.Output.PerPower) * terms.CreditsPerUsd, isUsed: false);
        if (each.IsPositive) tokens = Times(ExactDecimal.From(balance.Micros, scale: 6) - before, each);
        return null;
    }

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
