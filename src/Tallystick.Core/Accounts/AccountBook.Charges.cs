using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Core.Accounts;

/// <summary>What becomes of a charge afterwards: refunds, and corrections of its price.</summary>
internal sealed partial class AccountBook
{
    private void EndRefund(Charge charge, CreditAmount amount)
    {
        EndReturn(charge, amount);
        if (charge.Revision is null || FindCharge(charge.Number) is not { Revision: { } revision } after) return;
        Set(after with
        {
            Revision = revision with
            {
                Refunded = revision.Refunded + amount, Refundable = revision.Refundable - amount,
            },
        });
    }

    private void EndCorrection(JournalEntry entry, EntryBody.Corrected corrected)
    {
        if (FindCharge(corrected.Charge) is not { } charge) return;
        InvariantBrokenException.Require(
            charge.Standing == corrected.Before, "I39",
            $"entry {entry.Sequence} corrects a charge of {corrected.Before}, it stands at {charge.Standing}");
        var further = corrected.IsFurther ? corrected.After - corrected.Before : default;
        if (further.IsPositive) CountSpent(entry, further, free: null);
        else EndReturn(charge, corrected.Returned);
        if (FindCharge(charge.Number) is not { } after) return;
        Set(after with
        {
            Revision = new(
                corrected.After, corrected.Priced.Cost.Provider, corrected.Priced.Cost.Price, charge.RefundedInAll,
                charge.Refundable + further - corrected.Returned,
                further.IsPositive ? [.. charge.Revision?.Further ?? [], entry.Number]
                    : charge.Revision?.Further ?? []),
        });
    }

    /// <summary>Notes with each part how much of it has gone back.</summary>
    private void EndReturn(Charge charge, CreditAmount amount)
    {
        if (amount.IsZero) return;
        foreach (var (part, share) in ChargeParts.Split(this, charge, amount))
        {
            Set(part with { Refunded = part.Refunded + share });
            // What another system charged was never counted here.
            if (!part.IsImported) CountRefunded(part, share);
        }
    }
}
