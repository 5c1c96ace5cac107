using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Jobs;
using Tallystick.Contracts.Json;
using Tallystick.Core.Holds;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Rendering;

/// <summary>A job, from the entry that began it and the one that ended it.</summary>
internal static class JobReceipts
{
    private const string Running = "running", Expired = "expired";

    public static JobResponse Begun(JournalEntry begun, string accountId) => Of(begun, begun, accountId) with
    {
        Status = Running,
        Breakdown = Breakdown.Of(begun),
    };

    /// <summary>The job as it is now: begun and, where it is over, by which entry.</summary>
    public static JobResponse Now(JournalEntry begun, JournalEntry? ended, string accountId, Hold hold) =>
        With(hold, ended is null ? Begun(begun, accountId) : Ended(begun, ended, accountId));

    /// <param name="hold">As its end has left it: nothing changes it after.</param>
    public static JobResponse Ended(JournalEntry begun, JournalEntry ended, string accountId, Hold hold) =>
        With(hold, Ended(begun, ended, accountId));

    /// <summary>Captures of a part count, too, and so does an extension.</summary>
    private static JobResponse With(Hold hold, JobResponse job) => job with
    {
        Charged = hold.Captured.ToAmount(), ExpiresAt = hold.ExpiresAt.ToTimestamp(),
    };

    private static JobResponse Ended(JournalEntry begun, JournalEntry ended, string accountId)
    {
        var back = Breakdown.Returned(ended);
        var job = Of(begun, ended, accountId) with { Breakdown = back, Returned = Sum(back) };
        return ended.Body switch
        {
            EntryBody.Captured body => job with
            {
                Status = Words.Of(body.Job?.Outcome ?? JobOutcome.Completed),
                RowsDone = body.Job?.RowsDone,
                ChargeId = ThingId.Format(ThingId.Charge, ended.Chain, ended.Number),
            },
            EntryBody.Released body => job with
            {
                Status = Words.Of(body.Job?.Outcome ?? JobOutcome.RolledBack), RowsDone = body.Job?.RowsDone ?? 0,
            },
            _ => job with { Status = Expired },
        };
    }

    private static JobResponse Of(JournalEntry begun, JournalEntry last, string accountId)
    {
        var placed = (EntryBody.HoldPlaced)begun.Body;
        return new()
        {
            Id = ThingId.Format(ThingId.Job, begun.Chain, begun.Number),
            AccountId = accountId,
            Status = "",
            Rows = placed.Job!.Rows,
            CreditsPerRow = placed.Job.CreditsPerRow.ToAmount(),
            Amount = placed.Amount.ToAmount(),
            Charged = default,
            Returned = default,
            HoldId = ThingId.Format(ThingId.Hold, begun.Chain, begun.Number),
            TransactionId = Receipts.TransactionId(last),
            Breakdown = [],
            PreviousBalance = (last.AvailableAfter - Breakdown.AvailableChange(last)).ToAmount(),
            NewBalance = last.AvailableAfter.ToAmount(),
            ReferenceId = placed.ReferenceId,
            ExpiresAt = placed.ExpiresAt.ToTimestamp(),
            CreatedAt = begun.At.ToTimestamp(),
        };
    }

    private static Amount Sum(List<BreakdownLeg> legs) => new(legs.Sum(leg => leg.Amount.Micros));
}
