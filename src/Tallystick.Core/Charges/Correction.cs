using Tallystick.Core.Money;
using Tallystick.Core.Pricing;

namespace Tallystick.Core.Charges;

/// <summary>
/// What another price makes of a charge: the same for the decision and for whoever asks beforehand. Pure.
/// </summary>
/// <param name="ProviderBefore">The provider's part as it was.</param>
/// <param name="After">What the charge comes to.</param>
/// <param name="Further">What is charged more.</param>
/// <param name="Returned">What goes back.</param>
public sealed record Correction(
    CreditAmount ProviderBefore, CreditAmount After, CreditAmount Further, CreditAmount Returned)
{
    /// <summary>
    /// Null where the version that it was priced by still stands, where the other says the same, and where refunds
    /// have given back all of the charge.
    /// </summary>
    public static Correction? Of(Charge charge, RatedCharge rated, PricedUsage priced)
    {
        var cost = priced.Cost;
        var (price, provider) = charge.Revision is { } revision
            ? (revision.Price, revision.Provider)
            : (rated.Priced.Cost.Price, rated.Priced.Cost.Provider);
        if (cost.Price == price || IsRefunded(charge)) return null;
        // What fell short took all that there was, and nobody owes the rest by a dearer price either.
        var after = rated.FellShort ? CreditAmount.Min(cost.Total, charge.Standing) : cost.Total;
        if (after == charge.Standing && cost.Provider == provider) return null;
        var (more, less) = (after - charge.Standing, charge.Standing - after);
        return new(
            provider, after, CreditAmount.Max(default, more),
            CreditAmount.Max(default, CreditAmount.Min(less, charge.Refundable)));
    }

    /// <summary>It took something, and nothing is left of that to correct.</summary>
    public static bool IsRefunded(Charge charge) => charge.Standing.IsPositive && charge.Refundable.IsZero;
}
