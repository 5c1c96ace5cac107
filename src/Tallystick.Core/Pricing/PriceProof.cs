using Tallystick.Core.Money;

namespace Tallystick.Core.Pricing;

/// <summary>
/// Prices again what an entry says that a usage cost. Which settings a lane knew at that moment is not recorded, so any
/// that the project has ever had will do; everything else must come out the same.
/// </summary>
public static class PriceProof
{
    /// <param name="tierFactors">All multipliers that the project's tiers have ever had.</param>
    /// <returns>Null when it holds; else what is wrong.</returns>
    public static string? Difference(PricedUsage priced, PriceBook book, IReadOnlyCollection<ExactDecimal> tierFactors)
    {
        var (usage, cost) = (priced.Usage, priced.Cost);
        if (book.Find(cost.Price) is not { } price) return "it names a price that was not recorded before it";
        if (!PriceBook.IsFor(price, usage, priced.At))
            return $"its usage is none of {price.Selector}, or the price was not in effect at {priced.At}";
        var closest = "no settings of the project were ever like that";
        foreach (var settings in book.Settings)
            foreach (var factor in tierFactors)
            {
                var terms = settings.TermsFor(usage, price, factor);
                if (terms.CreditsPerUsd != cost.CreditsPerUsd) continue;
                if (Rating.Rate(usage, price, terms, priced.At, out var again) is { } rejection)
                    return $"its usage cannot be priced ({rejection.Code})";
                if (!again.Lines.SequenceEqual(cost.Lines))
                    return "its lines are not what the price makes of the usage";
                var free = cost.Free?.Priced(terms, cost.Lines).Credits;
                if (again.Markup == cost.Markup && free == cost.Free?.Credits) return null;
                closest = again.Markup == cost.Markup
                    ? $"what is free of it comes to {cost.Free!.Credits}, the settings make {free}"
                    : $"its markup is {cost.Markup}, the settings make {again.Markup}";
            }
        return closest;
    }
}
