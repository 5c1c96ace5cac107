using System.Collections.Immutable;
using System.Numerics;
using Tallystick.Core.Holds;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Tiers;

/// <summary>
/// Usage that costs nothing, so much in each period: what is left of it, and what of a usage it takes over.
/// </summary>
internal static class FreeTierRules
{
    /// <summary>Decimals of what is free of a unit that has parts.</summary>
    private const int PartDigits = 12;

    /// <param name="pricedAt">The instant whose prices stand; what is free counts in the present period.</param>
    /// <param name="ending">A hold that gives back what it has set aside.</param>
    public static TierRates RatesOf(
        Membership? membership, ImmutableArray<Hold> holds, TierBook tiers, string? model, Instant pricedAt,
        Instant now, ThingNumber ending = default)
    {
        if (membership is not { HasTier: true }) return TierRates.None;
        var factor = tiers.Find(membership.Tier, pricedAt)?.Factor ?? ExactDecimal.One;
        var terms = tiers.Find(membership.Tier, now)?.FreeTier;
        return new(factor, terms?.Includes(model) == true ? LeftOf(terms, membership, holds, ending) : null);
    }

    /// <summary>What neither has been used in this period nor is set aside by an open hold.</summary>
    public static FreeRoom LeftOf(
        FreeTierTerms terms, Membership membership, ImmutableArray<Hold> holds, ThingNumber ending = default)
    {
        var gone = membership.FreeUsed;
        foreach (var hold in holds)
            if (hold.Number != ending) gone += hold.Free;
        return new(
            terms.Requests is { } requests ? Math.Max(0, requests - gone.Requests) : null,
            terms.Tokens is { } tokens ? Math.Max(0, tokens - gone.Tokens) : null, terms.CoversAll);
    }

    /// <summary>
    /// What of the lines is free. A usage of more requests than there are left is free in proportion, rounded down; of
    /// more tokens, the dearest are.
    /// </summary>
    /// <param name="full">The exact cost of it all: what costs nothing anyway uses nothing.</param>
    /// <returns>Null where nothing is free. What it comes to in credits is not known here.</returns>
    public static FreeShare? Divide(
        FreeRoom? room, MeteredUsage usage, ImmutableArray<CostLine> lines, ExactDecimal full)
    {
        if (room is not { } left || !full.IsPositive) return null;
        var asked = RequestsOf(usage);
        var granted = Math.Min(asked, left.Requests ?? asked);
        var hasTokens = lines.Any(line => line.Unit.IsTokens && line.Rate.IsPositive);
        if (granted == 0 || (left.Tokens == 0 && hasTokens)) return null;
        var free = new ExactDecimal[lines.Length];
        var tokens = left.Tokens is { } bound ? ExactDecimal.From(bound) : (ExactDecimal?)null;
        foreach (var (i, line) in lines.Index().OrderByDescending(one => one.Item.Rate))
        {
            if (!line.Rate.IsPositive || !(line.Unit.IsTokens || left.CoversAll)) continue;
            free[i] = Part(line, granted, asked);
            if (!line.Unit.IsTokens || tokens is not { } some) continue;
            free[i] = ExactDecimal.Min(free[i], some);
            tokens = some - free[i];
        }
        var quantities = lines.Index().Where(one => free[one.Index].IsPositive)
            .Select(one => new Quantity(one.Item.Unit, free[one.Index])).ToImmutableArray();
        return quantities.IsEmpty ? null : new(granted, quantities, default);
    }

    /// <summary>A usage that does not say how many requests it is about is about one.</summary>
    private static long RequestsOf(MeteredUsage usage) =>
        Math.Max(1, usage[Unit.Requests] is { } count ? (long)count.Digits : 1);

    private static ExactDecimal Part(CostLine line, long granted, long asked)
    {
        if (granted == asked) return line.Quantity;
        var scale = line.Unit.IsWhole ? 0 : PartDigits;
        var (digits, over) = (line.Quantity.Digits * granted, BigInteger.Pow(10, line.Quantity.Scale) * asked);
        return ExactDecimal.From(BigInteger.Divide(digits * BigInteger.Pow(10, scale), over), scale);
    }
}
