using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Grants;
using Tallystick.Contracts.Holds;
using Tallystick.Core.Charges;
using Tallystick.Core.Grants;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Rendering;

/// <summary>
/// The answer to a change, from its entry alone (with the account's id, which never changes): rendered again for a
/// replay, also years later and on another node, it gives the same bytes.
/// </summary>
internal static class Receipts
{
    public static MovementResponse Charge(JournalEntry entry, string accountId) => new()
    {
        Id = ThingId.Format(ThingId.Charge, entry.Chain, entry.Number),
        AccountId = accountId,
        TransactionId = TransactionId(entry),
        Amount = ((EntryBody.Charged)entry.Body).Amount.ToAmount(),
        Breakdown = Breakdown.Of(entry),
        BalanceBefore = (entry.BalanceAfter - Breakdown.BalanceChange(entry)).ToAmount(),
        BalanceAfter = entry.BalanceAfter.ToAmount(),
        AvailableAfter = entry.AvailableAfter.ToAmount(),
        Cost = Costs.Of(((EntryBody.Charged)entry.Body).Priced, entry.Chain.Project),
        ReferenceId = ((EntryBody.Charged)entry.Body).ReferenceId,
        CreatedAt = entry.At.ToTimestamp(),
    };

    public static CaptureResponse Capture(JournalEntry entry, string accountId)
    {
        var body = (EntryBody.Captured)entry.Body;
        return new()
        {
            Id = ThingId.Format(ThingId.Charge, entry.Chain, entry.Number),
            AccountId = accountId,
            TransactionId = TransactionId(entry),
            HoldId = ThingId.Format(ThingId.Hold, entry.Chain, body.Hold),
            Amount = body.Amount.ToAmount(),
            Cost = Costs.Of(body.Priced, entry.Chain.Project),
            Final = body.Final,
            Late = body.Late,
            Shortfall = (body.Requested - body.Amount).ToAmount(),
            Released = Breakdown.Moved(
                entry, MoveKind.Return, MoveKind.ReturnExpired, MoveKind.ReturnVoided, MoveKind.Unreserve).ToAmount(),
            Breakdown = Breakdown.Of(entry),
            BalanceBefore = (entry.BalanceAfter - Breakdown.BalanceChange(entry)).ToAmount(),
            BalanceAfter = entry.BalanceAfter.ToAmount(),
            AvailableAfter = entry.AvailableAfter.ToAmount(),
            CreatedAt = entry.At.ToTimestamp(),
        };
    }

    public static RefundResponse Refund(JournalEntry entry, string accountId)
    {
        var body = (EntryBody.Refunded)entry.Body;
        return new()
        {
            Id = ThingId.Format(ThingId.Refund, entry.Chain, entry.Number),
            AccountId = accountId,
            TransactionId = TransactionId(entry),
            ChargeId = ThingId.Format(ThingId.Charge, entry.Chain, body.Charge),
            Amount = body.Amount.ToAmount(),
            Breakdown = Breakdown.Of(entry),
            BalanceBefore = (entry.BalanceAfter - Breakdown.BalanceChange(entry)).ToAmount(),
            BalanceAfter = entry.BalanceAfter.ToAmount(),
            AvailableAfter = entry.AvailableAfter.ToAmount(),
            ReferenceId = body.ReferenceId,
            CreatedAt = entry.At.ToTimestamp(),
        };
    }

    /// <param name="now">The charge with what has been refunded of it.</param>
    public static ChargeDetailResponse ChargeDetail(JournalEntry entry, string accountId, Charge now) => new()
    {
        Id = ThingId.Format(ThingId.Charge, entry.Chain, entry.Number),
        AccountId = accountId,
        TransactionId = TransactionId(entry),
        HoldId = entry.Body is EntryBody.Captured captured ? ThingId.Format(ThingId.Hold, entry.Chain, captured.Hold)
            : null,
        Amount = now.Amount.ToAmount(),
        CorrectedAmount = now.Revision?.Amount.ToAmount(),
        Refunded = now.RefundedInAll.ToAmount(),
        Refundable = now.Refundable.ToAmount(),
        Breakdown = Breakdown.Of(entry),
        BalanceBefore = (entry.BalanceAfter - Breakdown.BalanceChange(entry)).ToAmount(),
        BalanceAfter = entry.BalanceAfter.ToAmount(),
        AvailableAfter = entry.AvailableAfter.ToAmount(),
        Cost = Costs.Of(entry.Priced, entry.Chain.Project),
        ReferenceId = entry.Body.Reference,
        CreatedAt = entry.At.ToTimestamp(),
    };

    public static GrantResponse Grant(JournalEntry entry, string accountId)
    {
        var body = (EntryBody.Granted)entry.Body;
        var repaid = Breakdown.Moved(entry, MoveKind.RepayDebt);
        var pending = body.EffectiveAt > entry.At;
        return new()
        {
            Id = ThingId.Format(ThingId.Grant, entry.Chain, entry.Number),
            AccountId = accountId,
            TransactionId = TransactionId(entry),
            Status = Words.Of(
                pending ? GrantStatus.Pending : repaid == body.Amount ? GrantStatus.Depleted : GrantStatus.Active),
            Amount = body.Amount.ToAmount(),
            Bucket = body.Bucket,
            Kind = Words.Of(body.Kind),
            Priority = body.Priority,
            EffectiveAt = body.EffectiveAt.ToTimestamp(),
            ExpiresAt = body.ExpiresAt?.ToTimestamp(),
            CostBasis = body.CostBasis,
            ReferenceId = body.ReferenceId,
            Remaining = pending ? default : (body.Amount - repaid).ToAmount(),
            Held = default,
            Used = repaid.ToAmount(),
            Expired = default,
            Voided = default,
            AvailableAfter = entry.AvailableAfter.ToAmount(),
            CreatedAt = entry.At.ToTimestamp(),
        };
    }

    /// <param name="grant">The grant at any later time, for what of it never changes.</param>
    public static GrantResponse VoidedGrant(JournalEntry entry, string accountId, Grant grant)
    {
        var body = (EntryBody.GrantVoided)entry.Body;
        return new()
        {
            Id = ThingId.Format(ThingId.Grant, entry.Chain, grant.Number),
            AccountId = accountId,
            TransactionId = TransactionId(entry),
            Status = Words.Of(GrantStatus.Voided),
            Amount = grant.Amount.ToAmount(),
            Bucket = grant.Bucket,
            Kind = Words.Of(grant.GrantKind),
            Priority = grant.Priority,
            EffectiveAt = grant.EffectiveAt.ToTimestamp(),
            ExpiresAt = grant.ExpiresAt?.ToTimestamp(),
            CostBasis = grant.CostBasis,
            ReferenceId = grant.ReferenceId,
            Remaining = default,
            Held = body.Held.ToAmount(),
            Used = body.Used.ToAmount(),
            Expired = body.Expired.ToAmount(),
            Voided = body.Voided.ToAmount(),
            AvailableAfter = entry.AvailableAfter.ToAmount(),
            CreatedAt = grant.CreatedAt.ToTimestamp(),
        };
    }

    public static string TransactionId(JournalEntry entry) =>
        ThingId.Format(ThingId.Transaction, entry.Chain, entry.Number);
}
