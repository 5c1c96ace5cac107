using Tallystick.Core.Money;

namespace Tallystick.Core.Tiers;

/// <summary>What an account's tier makes of the price of a usage.</summary>
/// <param name="Factor">By which it multiplies prices.</param>
/// <param name="Free">What its free tier has left for the usage; null where it has none.</param>
public readonly record struct TierRates(ExactDecimal Factor, FreeRoom? Free)
{
    /// <summary>Of an account without a tier.</summary>
    public static readonly TierRates None = new(ExactDecimal.One, null);
}
