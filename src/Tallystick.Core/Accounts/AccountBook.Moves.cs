using System.Collections.Immutable;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Core.Accounts;

/// <summary>How one move changes the books.</summary>
internal sealed partial class AccountBook
{
    /// <param name="sequence">Of the entry that the move belongs to: the number of a debt that it makes.</param>
    public void Apply(Move move, long sequence)
    {
        InvariantBrokenException.Require(move.Amount.IsPositive, "I1", $"a move of {move.Amount}");
        if (move.ConcernsGrant) ApplyToGrant(move);
        else ApplyToAccount(move, sequence);
    }

    private void ApplyToGrant(Move move)
    {
        var issuing = move.Kind is MoveKind.Issue or MoveKind.IssuePending;
        var grant = issuing ? Begun(move) : FindGrant(move.Number);
        if (grant is null)
        {
            if (Missing.Count > 0) return;
            throw new InvariantBrokenException($"I3: a move on grant {move.Number.Value}, which does not exist");
        }
        var (from, to) = move.Pools;
        if (issuing) Issued = CreditAmount.SumWithin(Issued, move.Amount);
        var changed = grant.Move(issuing ? Pool.None : from, to, move.Amount);
        Remaining += changed.Remaining - grant.Remaining;
        GrantsHeld += changed.Held - grant.Held;
        Set(changed);
        if (move.Kind == MoveKind.Repay) _repaying = move.Number;
    }

    private void ApplyToAccount(Move move, long sequence)
    {
        switch (move.Kind)
        {
            case MoveKind.Reserve: Reserved += move.Amount; break;
            case MoveKind.Unreserve or MoveKind.SpendReserved:
                Reserved -= move.Amount;
                InvariantBrokenException.Require(
                    !(Reserved < default(CreditAmount)), "I2", $"reserved would be {Reserved}");
                break;
            case MoveKind.Owe:
                Owed += move.Amount;
                var own = new ThingNumber(sequence, 0);
                var present = OpenDebt(own) ?? new() { Number = own, Owed = default, Repayments = [] };
                Set(present with { Owed = present.Owed + move.Amount });
                break;
            case MoveKind.CancelDebt: Pay(move, debt => debt with { Owed = debt.Owed - move.Amount }); break;
            case MoveKind.RepayDebt: Pay(move, debt => debt.Repay(new(_repaying, move.Amount))); break;
            case MoveKind.Unrepay:
                if (FindDebt(move.Number) is { } repaid) Set(repaid.Unrepay(move.Amount));
                break;
            default: throw new JournalCorruptException($"unknown move {(int)move.Kind}");
        }
    }

    private void Pay(Move move, Func<Debt, Debt> pay)
    {
        var debt = OpenDebt(move.Number)
            ?? throw new InvariantBrokenException($"I2: debt {move.Number.Value} is not open");
        var paid = pay(debt);
        InvariantBrokenException.Require(!(paid.Owed < default(CreditAmount)), "I2", $"a debt would be {paid.Owed}");
        Owed -= move.Amount;
        Set(paid);
    }

    private Debt? OpenDebt(ThingNumber number) =>
        Debt.IndexIn(_debts, number) is >= 0 and var index ? _debts[index] : null;

    /// <summary>The buckets that an entry names: of the grants in its moves, in order of first appearance.</summary>
    public ImmutableArray<string> BucketsOf(List<Move> moves)
    {
        if (moves is [{ ConcernsGrant: true } only]) return [FindGrant(only.Number)?.Bucket ?? ""];
        var seen = new List<ThingNumber>(2);
        var buckets = ImmutableArray.CreateBuilder<string>();
        foreach (var move in moves)
        {
            if (!move.ConcernsGrant || seen.Contains(move.Number)) continue;
            seen.Add(move.Number);
            buckets.Add(FindGrant(move.Number)?.Bucket ?? "");
        }
        return buckets.ToImmutable();
    }

    public void CheckSums() => InvariantBrokenException.Require(
        Owed.IsZero || Remaining.IsZero, "I2", $"{Owed} is owed while {Remaining} remains");
}
