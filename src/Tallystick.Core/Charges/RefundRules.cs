using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Grants;
using Tallystick.Core.Imports;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Core.Charges;

/// <summary>Giving back part or all of a charge: its split walked backwards, the leg burned last first.</summary>
internal sealed class RefundRules(AccountBook book, EntryDraft draft, Moment moment)
{
    private readonly ImmutableArray<Regrant>.Builder _regrants = ImmutableArray.CreateBuilder<Regrant>();

    public Rejection? Refund(AccountCommand.RefundCharge command)
    {
        if (book.FindCharge(command.Charge) is not { Of.IsNone: true } charge)
            return new Rejection.NotFound("charge");
        if (LegsOf(charge) is null)
            return new Rejection.ChargeConflict("which credits this imported charge took is not known");
        if (charge.Refundable.IsZero || command.Amount > charge.Refundable)
            return new Rejection.AlreadyRefunded(charge.Refundable);
        var amount = command.Amount ?? charge.Refundable;
        var regrants = GiveBack(charge, amount);
        draft.Enter(new EntryBody.Refunded(charge.Number, amount, regrants, command.ReferenceId), moment);
        return null;
    }

    /// <summary>At most what is refundable.</summary>
    public ImmutableArray<Regrant> GiveBack(Charge charge, CreditAmount amount)
    {
        foreach (var (part, share) in ChargeParts.Split(book, charge, amount))
            if (LegsOf(part) is { } legs) ReturnLegs(part, legs, share);
        return _regrants.ToImmutable();
    }

    private ImmutableArray<Leg>? LegsOf(Charge charge) =>
        charge.IsImported ? ImportRules.LegsOf(book, charge) : charge.Legs;

    private void ReturnLegs(Charge charge, ImmutableArray<Leg> legs, CreditAmount amount)
    {
        var (skip, left) = (charge.Refunded, amount);
        var owed = new CreditAmount(legs.Where(leg => leg.Grant.IsNone).Sum(leg => leg.Amount.Micros));
        var part = Next(owed, ref skip, ref left);
        if (part.IsPositive) ReturnDebt(charge.Number, part);
        foreach (var leg in legs.Where(leg => !leg.Grant.IsNone).Reverse())
        {
            part = Next(leg.Amount, ref skip, ref left);
            if (part.IsPositive) ReturnToGrant(leg.Grant, part, charge.Number);
        }
    }

    /// <summary>How much of a leg this refund gives back, after what earlier refunds took from the same end.</summary>
    private static CreditAmount Next(CreditAmount leg, ref CreditAmount skip, ref CreditAmount left)
    {
        var before = CreditAmount.Min(skip, leg);
        skip -= before;
        var part = CreditAmount.Min(left, leg - before);
        left -= part;
        return part;
    }

    /// <param name="usedBy">
    /// The charge whose use is taken back: a claw-back covers what was used before it, not what a late capture took
    /// after.
    /// </param>
    private void ReturnToGrant(ThingNumber number, CreditAmount amount, ThingNumber usedBy)
    {
        if (book.FindGrant(number) is not { } grant) return;
        if (grant.IsVoided)
        {
            draft.Move(MoveKind.RefundVoided, number, amount);
            if (grant.ClawedBack && usedBy.Sequence < grant.VoidedBy) ReturnClawBack(new(grant.VoidedBy, 0), amount);
        }
        else if (grant.HasExpiredAt(moment.At)) GrantAnew(grant, amount);
        else draft.Move(MoveKind.Refund, number, amount);
    }

    private void GrantAnew(Grant source, CreditAmount amount)
    {
        draft.Move(MoveKind.RefundExpired, source.Number, amount);
        var regrant = new Regrant(source.Number, moment.At.Plus(moment.Settings.RefundGrace));
        _regrants.Add(regrant);
        var number = new ThingNumber(draft.Sequence, _regrants.Count);
        book.BeginRegrant(regrant, number, moment.At);
        draft.Move(MoveKind.Issue, number, amount);
    }

    private void ReturnClawBack(ThingNumber debtNumber, CreditAmount amount)
    {
        if (book.FindDebt(debtNumber) is not { } debt) return;
        var repaid = new CreditAmount(debt.Repayments.Sum(leg => leg.Amount.Micros));
        var part = CreditAmount.Min(amount, debt.Owed + repaid);
        if (part.IsPositive) ReturnDebt(debtNumber, part);
    }

    /// <summary>
    /// First what is still owed is cancelled, then what was repaid goes back to the grants that repaid it, the last
    /// first. A grant that repaid may have been voided with a claw-back since: its debt is younger, so the recursion
    /// ends.
    /// </summary>
    private void ReturnDebt(ThingNumber number, CreditAmount amount)
    {
        if (book.FindDebt(number) is not { } debt) return;
        var cancelled = CreditAmount.Min(amount, debt.Owed);
        draft.Move(MoveKind.CancelDebt, number, cancelled);
        var left = amount - cancelled;
        draft.Move(MoveKind.Unrepay, number, left);
        for (var i = debt.Repayments.Length - 1; i >= 0 && left.IsPositive; i--)
        {
            var part = CreditAmount.Min(left, debt.Repayments[i].Amount);
            left -= part;
            ReturnToGrant(debt.Repayments[i].Grant, part, number);
        }
    }
}
