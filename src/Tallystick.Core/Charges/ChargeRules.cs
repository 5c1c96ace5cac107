using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;

namespace Tallystick.Core.Charges;

/// <summary>Admission, and taking credits in burn order.</summary>
internal static class ChargeRules
{
    public static Rejection? RefusedAdmission(AccountBook book, Moment moment) =>
        LicenseRules.RefusedUse(book, moment) ?? book.Status switch
        {
            AccountStatus.Closed => new Rejection.AccountClosed(),
            AccountStatus.Suspended => new Rejection.AccountSuspended(),
            _ => null,
        };

    public static Rejection? Charge(
        AccountBook book, EntryDraft draft, AccountCommand.ChargeCredits command, Moment moment)
    {
        if (RefusedAdmission(book, moment) is { } refused) return refused;
        if (command.Demand.Price(book.Membership, moment.Envelope, moment.At, out var demand) is { } unpriced)
            return unpriced;
        if (demand.Amount > book.Affordable) return demand.Beyond(book.Affordable, book.Membership, moment.Envelope);
        var counts = LimitRules.CountsOf(book, command.Spender, moment);
        if (LimitRules.Refused(book, demand.Amount, counts, moment) is { } limited) return limited;
        var taken = TakeFromGrants(book, draft, MoveKind.Spend, demand.Amount);
        draft.Move(MoveKind.Owe, demand.Amount - taken);
        draft.Counts = counts;
        draft.Enter(new EntryBody.Charged(demand.Amount, command.ReferenceId) { Priced = demand.Priced }, moment);
        return null;
    }

    /// <summary>Takes at most the amount from what remains, in burn order; returns how much it was.</summary>
    public static CreditAmount TakeFromGrants(AccountBook book, EntryDraft draft, MoveKind kind, CreditAmount amount)
    {
        var left = amount;
        foreach (var grant in book.Grants)
        {
            if (left.IsZero) break;
            var part = CreditAmount.Min(left, grant.Remaining);
            draft.Move(kind, grant.Number, part);
            left -= part;
        }
        return amount - left;
    }
}
