using Tallystick.Core.Money;

namespace Tallystick.Core.Pricing;

/// <summary>What stands between the provider's cost and the customer's price, for one usage.</summary>
/// <param name="Factor">All multipliers together; the markup is of the multiplied cost.</param>
public sealed record PriceTerms(ExactDecimal CreditsPerUsd, ExactDecimal Factor, Markup Markup)
{
    /// <summary>One credit is a dollar, and nothing is added.</summary>
    public static readonly PriceTerms AtCost = new(ExactDecimal.One, ExactDecimal.One, Markup.None);

    /// <summary>The customer's price of a provider's cost; both in credits, exact.</summary>
    /// <param name="isUsed">Anything was used: then the fixed part is due.</param>
    public ExactDecimal Total(ExactDecimal providerCost, bool isUsed)
    {
        var share = ExactDecimal.One + Markup.Percent.ShiftRight(2);
        var multiplied = providerCost * Factor * share;
        return isUsed ? multiplied + Markup.FixedUsd * CreditsPerUsd : multiplied;
    }
}
