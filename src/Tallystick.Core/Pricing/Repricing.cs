using Tallystick.Core.Money;
using Tallystick.Core.Tiers;

namespace Tallystick.Core.Pricing;

/// <summary>What a usage that was priced once costs by the book as it is now. Pure.</summary>
public static class Repricing
{
    /// <summary>By the prices and settings of the usage's own instant, and the tier's multiplier that it had.</summary>
    /// <param name="present">Of the account: its multiplier stands where the first cost, zero, does not tell.</param>
    public static Rejection? Rate(
        PricedUsage first, PriceBook book, TierBook tiers, Membership? present, out PricedUsage priced) =>
        book.Rate(
            first.Usage, first.At, new(FactorOf(first, book, tiers, present), RoomOf(first.Cost.Free)), out priced);

    /// <summary>False where something else is free of it than what the first cost left room for.</summary>
    public static bool IsFreeWithin(FreeRoom? room, PricedUsage priced) =>
        ReferenceEquals(priced.Divided(room), priced);

    /// <summary>What was inside the free tier stays inside it, and no more: its period has counted it.</summary>
    public static FreeRoom? RoomOf(FreeShare? free) => free is null ? null
        : new(free.Use.Requests, free.Use.Tokens, free.Quantities.Any(one => !one.Unit.IsTokens));

    /// <summary>
    /// An entry does not say which tier multiplied its cost; which multiplier explains the cost, does. It is unique
    /// where anything costs anything.
    /// </summary>
    private static ExactDecimal FactorOf(PricedUsage first, PriceBook book, TierBook tiers, Membership? present)
    {
        var (cost, provider) = (first.Cost, Cost.Sum(first.Cost.Lines));
        var likeliest = present is null ? null : tiers.Find(present.Tier, first.At);
        var factors = tiers.Versions.Select(version => version.Terms.Factor)
            .Prepend(ExactDecimal.One).Prepend(likeliest?.Factor ?? ExactDecimal.One).Distinct().ToList();
        if (book.Find(cost.Price) is not { } price) return factors[0];
        foreach (var settings in book.Settings.Prepend(book.SettingsAt(first.At)))
            foreach (var factor in factors)
            {
                var terms = settings.TermsFor(first.Usage, price, factor);
                if (terms.CreditsPerUsd == cost.CreditsPerUsd
                    && terms.Total(provider, isUsed: !cost.Lines.IsEmpty) == provider + cost.Markup) return factor;
            }
        return factors[0];
    }
}
