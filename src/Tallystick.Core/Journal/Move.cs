using Tallystick.Core.Money;

namespace Tallystick.Core.Journal;

/// <summary>
/// One double-entry step: <paramref name="Amount"/> (positive) leaves one pool and enters another. The number names a
/// grant, for <see cref="MoveKind.CancelDebt"/>, <see cref="MoveKind.RepayDebt"/> and <see cref="MoveKind.Unrepay"/> a
/// debt, and is none for what concerns the account. A <see cref="MoveKind.Repay"/> is followed by its
/// <see cref="MoveKind.RepayDebt"/>.
/// </summary>
public readonly record struct Move(MoveKind Kind, ThingNumber Number, CreditAmount Amount)
{
    public (Pool From, Pool To) Pools => Kind switch
    {
        MoveKind.Issue => (Pool.Issued, Pool.Remaining),
        MoveKind.IssuePending => (Pool.Issued, Pool.Pending),
        MoveKind.Activate => (Pool.Pending, Pool.Remaining),
        MoveKind.Spend or MoveKind.Repay => (Pool.Remaining, Pool.Used),
        MoveKind.Hold => (Pool.Remaining, Pool.Held),
        MoveKind.SpendHeld => (Pool.Held, Pool.Used),
        MoveKind.Return => (Pool.Held, Pool.Remaining),
        MoveKind.ReturnExpired => (Pool.Held, Pool.Expired),
        MoveKind.ReturnVoided => (Pool.Held, Pool.Voided),
        MoveKind.Expire => (Pool.Remaining, Pool.Expired),
        MoveKind.Void => (Pool.Remaining, Pool.Voided),
        MoveKind.VoidPending => (Pool.Pending, Pool.Voided),
        MoveKind.Refund => (Pool.Used, Pool.Remaining),
        MoveKind.RefundExpired => (Pool.Used, Pool.Expired),
        MoveKind.RefundVoided => (Pool.Used, Pool.Voided),
        MoveKind.Owe => (Pool.Debt, Pool.Unfunded),
        MoveKind.CancelDebt or MoveKind.RepayDebt => (Pool.Unfunded, Pool.Debt),
        MoveKind.Reserve => (Pool.Line, Pool.Reserved),
        MoveKind.Unreserve or MoveKind.SpendReserved => (Pool.Reserved, Pool.Line),
        MoveKind.Unrepay => (Pool.None, Pool.None),
        _ => throw new JournalCorruptException($"unknown move {(int)Kind}"),
    };

    /// <summary>True where the number names a grant.</summary>
    public bool ConcernsGrant => Kind is not (MoveKind.Owe or MoveKind.CancelDebt or MoveKind.Reserve
        or MoveKind.Unreserve or MoveKind.SpendReserved or MoveKind.RepayDebt or MoveKind.Unrepay);
}
