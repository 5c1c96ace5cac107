using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Holds;
using Tallystick.Core.Holds;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Api.Rendering;

/// <summary>A hold, from the entry that placed it and the one that is answered for.</summary>
internal static class HoldReceipts
{
    public static HoldResponse Placed(JournalEntry placed, string accountId) =>
        Of(placed, accountId, HoldStatus.Held, default, ((EntryBody.HoldPlaced)placed.Body).ExpiresAt,
            placed.AvailableAfter);

    /// <param name="extended">The extension; or the placing itself, where the hold had this end from the
    /// beginning.</param>
    public static HoldResponse Extended(JournalEntry placed, JournalEntry extended, string accountId) =>
        extended.Body is EntryBody.HoldExtended body
            ? Of(placed, accountId, HoldStatus.Held, body.Taken, body.ExpiresAt, extended.AvailableAfter)
            : Placed(placed, accountId);

    /// <summary>A hold as it is now; one that was released stays so.</summary>
    public static HoldResponse Of(JournalEntry placed, string accountId, Hold hold, CreditAmount available) =>
        Of(placed, accountId, hold.Status, hold.Captured, hold.ExpiresAt, available, hold.Free);

    /// <param name="free">Null: all that it has set aside at first.</param>
    private static HoldResponse Of(
        JournalEntry placed, string accountId, HoldStatus status, CreditAmount captured, Instant expiresAt,
        CreditAmount available, FreeUse? free = null)
    {
        var body = (EntryBody.HoldPlaced)placed.Body;
        var reserved = free ?? body.TakesOfFreeTier();
        return new()
        {
            Id = ThingId.Format(ThingId.Hold, placed.Chain, placed.Number),
            AccountId = accountId,
            Status = Words.Of(status),
            Amount = body.Amount.ToAmount(),
            Captured = captured.ToAmount(),
            Released = status == HoldStatus.Held ? default
                : CreditAmount.Max(default, body.Amount - captured).ToAmount(),
            Breakdown = status == HoldStatus.Held ? Left(Breakdown.Of(placed), captured) : [],
            ExpiresAt = expiresAt.ToTimestamp(),
            AvailableAfter = available.ToAmount(),
            Cost = Costs.Of(body.Priced, placed.Chain.Project),
            FreeTierReserved = status == HoldStatus.Held && reserved != default
                ? new(reserved.Requests, reserved.Tokens) : null,
            ReferenceId = body.ReferenceId,
            CreatedAt = placed.At.ToTimestamp(),
        };
    }

    /// <summary>What captures have left of the legs: they take them in their order.</summary>
    private static List<BreakdownLeg> Left(List<BreakdownLeg> legs, CreditAmount captured)
    {
        var taken = captured.Micros;
        var left = new List<BreakdownLeg>(legs.Count);
        foreach (var leg in legs)
        {
            var part = Math.Min(taken, leg.Amount.Micros);
            taken -= part;
            if (part < leg.Amount.Micros) left.Add(leg with { Amount = new(leg.Amount.Micros - part) });
        }
        return left;
    }
}
