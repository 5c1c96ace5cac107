using Tallystick.Core.Accounts;
using Tallystick.Core.Money;

namespace Tallystick.Core.Charges;

/// <summary>
/// A charge and what corrections of its price have charged further: given back as one, what was taken last first.
/// </summary>
internal static class ChargeParts
{
    /// <summary>How much of an amount each part gives back; of nothing while records are missing.</summary>
    public static IReadOnlyList<(Charge Part, CreditAmount Amount)> Split(
        AccountBook book, Charge charge, CreditAmount amount)
    {
        if (charge.Revision is not { Further.IsEmpty: false } revision) return [(charge, amount)];
        var parts = new List<(Charge, CreditAmount)>();
        for (var i = revision.Further.Length - 1; i >= 0; i--)
        {
            if (book.FindCharge(revision.Further[i]) is not { } part) return [];
            var share = CreditAmount.Min(amount, part.Left);
            amount -= share;
            if (share.IsPositive) parts.Add((part, share));
        }
        if (amount.IsPositive) parts.Add((charge, amount));
        return parts;
    }
}
