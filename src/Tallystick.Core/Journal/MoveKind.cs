namespace Tallystick.Core.Journal;

/// <summary>What a move does; the code is stored, so numbers are never reused.</summary>
public enum MoveKind
{
    Issue = 1,
    IssuePending = 2,
    Activate = 3,
    Spend = 4,
    Hold = 5,
    SpendHeld = 6,
    Return = 7,
    ReturnExpired = 8,
    ReturnVoided = 9,
    Expire = 10,
    Void = 11,
    VoidPending = 12,
    Refund = 13,
    RefundExpired = 14,
    RefundVoided = 15,
    Owe = 16,
    CancelDebt = 17,
    Reserve = 18,
    Unreserve = 19,
    Repay = 20,
    RepayDebt = 21,
    /// <summary>
    /// Moves nothing: of the repayments of a debt, this much has gone back to the grants, last first.
    /// </summary>
    Unrepay = 22,
    /// <summary>Reserved overdraft that a capture uses; its <see cref="Owe"/> follows.</summary>
    SpendReserved = 23,
}
