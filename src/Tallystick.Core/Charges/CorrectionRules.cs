using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;

namespace Tallystick.Core.Charges;

/// <summary>
/// Brings a charge to what the price that stands makes of its usage. It is settlement: no balance, cap or suspension
/// refuses it. What is less goes back as a refund would; what is more is taken from the charge's own grants first, then
/// from all, and the rest is owed.
/// </summary>
internal sealed class CorrectionRules(AccountBook book, EntryDraft draft, Moment moment)
{
    public Rejection? Correct(AccountCommand.CorrectCharge command)
    {
        var rated = command.Rated;
        if (book.FindCharge(rated.Charge) is not { Of.IsNone: true, IsImported: false } charge)
            return new Rejection.NotFound("charge");
        if (Reprice(command, out var priced) is { } unpriced) return unpriced;
        if (Correction.Of(charge, rated, priced) is not { } correction) return null;
        var regrants = ImmutableArray<Regrant>.Empty;
        if (correction.Further.IsPositive) TakeFurther(charge, correction.Further);
        else regrants = new RefundRules(book, draft, moment).GiveBack(charge, correction.Returned);
        draft.Enter(new EntryBody.Corrected
        {
            Charge = charge.Number, CountedAt = rated.CountedAt, Before = charge.Standing,
            ProviderBefore = correction.ProviderBefore, After = correction.After, Returned = correction.Returned,
            Regrants = regrants, Priced = priced,
        }, moment);
        return null;
    }

    private Rejection? Reprice(AccountCommand.CorrectCharge command, out PricedUsage priced)
    {
        priced = command.Priced!;
        return command.NeedsPrices
            ? Repricing.Rate(
                command.Rated.Priced, moment.Envelope.Prices, moment.Terms.Tiers, book.Membership, out priced)
            : null;
    }

    private void TakeFurther(Charge charge, CreditAmount amount)
    {
        var left = amount;
        foreach (var leg in charge.Legs)
        {
            if (leg.Grant.IsNone || book.FindGrant(leg.Grant) is not { } grant) continue;
            var part = CreditAmount.Min(left, grant.Remaining);
            draft.Move(MoveKind.Spend, grant.Number, part);
            left -= part;
        }
        left -= ChargeRules.TakeFromGrants(book, draft, MoveKind.Spend, left);
        draft.Move(MoveKind.Owe, left);
        draft.Counts = LimitRules.Again(book, charge.Counts, moment);
    }
}
