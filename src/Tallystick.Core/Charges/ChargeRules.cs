using System.Collections.Immutable;
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
        if (Admit(book, command.Demand, command.Spender, moment, out var demand, out var counts) is { } refused)
            return refused;
        var taken = TakeFromGrants(book, draft, MoveKind.Spend, demand.Amount);
        draft.Move(MoveKind.Owe, demand.Amount - taken);
        draft.Counts = counts;
        draft.Enter(new EntryBody.Charged(demand.Amount, command.ReferenceId) { Priced = demand.Priced }, moment);
        return null;
    }

    /// <summary>What a charge and a hold are let in by, and what whoever asks beforehand is told by.</summary>
    /// <param name="priced">The demand with its price, where it can be priced.</param>
    /// <param name="counts">The budgets that it counts in.</param>
    public static Rejection? Admit(
        AccountBook book, Demand demand, Spender spender, Moment moment, out Demand priced,
        out ImmutableArray<Count> counts)
    {
        counts = LimitRules.CountsOf(book, spender, moment);
        var tier = book.TierRates(demand.Usage, moment.At, moment);
        var unpriced = demand.Price(moment.Envelope.Prices, moment.At, tier, out priced);
        if (RefusedAdmission(book, moment) is { } refused) return refused;
        if (unpriced is not null) return unpriced;
        if (priced.Amount > book.Reach) return priced.Beyond(book.Affordable, moment.Envelope.Prices, tier);
        return LimitRules.Refused(book, priced, counts, tier, moment);
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
