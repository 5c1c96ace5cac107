using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Time;

namespace Tallystick.Core.Holds;

/// <summary>Placing, capturing, releasing and extending holds; jobs are holds counted in rows.</summary>
internal static class HoldRules
{
    public static Rejection? Place(AccountBook book, EntryDraft draft, AccountCommand.PlaceHold command, Moment moment)
    {
        if (ChargeRules.RefusedAdmission(book, moment) is { } refused) return refused;
        var expiresAt = command.ExpiresAt ?? moment.At.Plus(command.ExpiresIn);
        if (expiresAt <= moment.At) return new Rejection.InvalidTime("expires_at", "must be later than now");
        if (expiresAt > moment.At.Plus(moment.Settings.MaxHoldLifetime))
            return new Rejection.LimitExceeded("max_hold_lifetime");
        var offer = command.Offer;
        if (offer is not null && book.FreeRoom(offer.Reserve.Model, moment)?.Fits(offer.Reserve.Use) != true)
            offer = null;
        var asked = offer is null ? command.Demand : Demand.Of(offer.Amount);
        if (ChargeRules.Admit(book, asked, command.Spender, moment, out var demand, out var counts)
            is { } notAdmitted) return notAdmitted;
        var taken = ChargeRules.TakeFromGrants(book, draft, MoveKind.Hold, demand.Amount);
        draft.Move(MoveKind.Reserve, demand.Amount - taken);
        draft.Counts = counts;
        draft.Enter(new EntryBody.HoldPlaced
        {
            Amount = demand.Amount, ExpiresAt = expiresAt, ReferenceId = command.ReferenceId, Job = command.Job,
            Priced = demand.Priced, Free = offer?.Reserve,
        }, moment);
        return null;
    }

    public static Rejection? Capture(
        AccountBook book, EntryDraft draft, AccountCommand.CaptureHold command, JobEnd? job, Moment moment,
        out long repeats)
    {
        repeats = 0;
        if (book.FindHold(command.Hold) is not { } hold) return new Rejection.NotFound("hold");
        if (hold.Status is not (HoldStatus.Held or HoldStatus.Expired))
        {
            repeats = hold.EndedBy;
            return new Rejection.HoldNotOpen(hold.Status);
        }
        if (command.Free is { } free && (command.Demand.Usage is not null || !free.Use.IsWithin(hold.Free)))
            return new Rejection.InvalidField("free_tier", "more than the hold has set aside");
        // The prices of when the work began: a change on the way is not the customer's.
        var tier = book.TierRates(command.Demand.Usage, hold.CreatedAt, moment, ending: hold.Number);
        if (command.Demand.Price(moment.Envelope.Prices, hold.CreatedAt, tier, out var demand) is { } unpriced)
            return unpriced;
        var amount = demand.Amount;
        var late = hold.Status == HoldStatus.Expired;
        var legs = late ? StillThere(book, hold.Open) : hold.Open;
        var left = new CreditAmount(legs.Sum(leg => leg.Amount.Micros));
        if (command.Mode == CaptureMode.Reject && amount > left)
            return demand.Beyond(book.Affordable, moment.Envelope.Prices, tier);

        var open = TakeLegs(draft, legs, CreditAmount.Min(amount, left), late);
        var shortfall = TakeExcess(book, draft, CreditAmount.Max(default, amount - left), command.Mode);
        var ends = command.Final || late;
        if (ends && !late) GiveBack(book, draft, open, moment.At);
        draft.Counts = LimitRules.Again(book, hold.Counts, moment);
        draft.Enter(new EntryBody.Captured
        {
            Hold = hold.Number, Requested = amount, Amount = amount - shortfall, Mode = command.Mode,
            Final = ends, Late = late, Job = job, Priced = demand.Priced, Free = command.Free,
        }, moment);
        return null;
    }

    /// <summary>What the grants of an expired hold still have of its legs; its reserved overdraft is gone.</summary>
    private static ImmutableArray<Leg> StillThere(AccountBook book, ImmutableArray<Leg> legs)
    {
        var there = ImmutableArray.CreateBuilder<Leg>();
        foreach (var leg in legs)
        {
            if (leg.Grant.IsNone || book.FindGrant(leg.Grant) is not { Remaining.IsPositive: true } grant) continue;
            there.Add(leg with { Amount = CreditAmount.Min(leg.Amount, grant.Remaining) });
        }
        return there.ToImmutable();
    }

    /// <summary>Spends legs in their order; returns what is left of them.</summary>
    private static List<Leg> TakeLegs(EntryDraft draft, ImmutableArray<Leg> legs, CreditAmount amount, bool late)
    {
        var open = new List<Leg>();
        foreach (var leg in legs)
        {
            var part = CreditAmount.Min(leg.Amount, amount);
            amount -= part;
            if (part < leg.Amount) open.Add(leg with { Amount = leg.Amount - part });
            if (!leg.Grant.IsNone) draft.Move(late ? MoveKind.Spend : MoveKind.SpendHeld, leg.Grant, part);
            else
            {
                draft.Move(MoveKind.SpendReserved, part);
                draft.Move(MoveKind.Owe, part);
            }
        }
        return open;
    }

    /// <summary>
    /// Takes what the hold does not cover as the mode says; returns the shortfall, which nobody owes.
    /// </summary>
    private static CreditAmount TakeExcess(AccountBook book, EntryDraft draft, CreditAmount excess, CaptureMode mode)
    {
        if (excess.IsZero) return default;
        var wanted = mode == CaptureMode.Cap
            ? CreditAmount.Min(excess, CreditAmount.Max(default, book.Available))
            : excess;
        var taken = ChargeRules.TakeFromGrants(book, draft, MoveKind.Spend, wanted);
        if (mode == CaptureMode.Cap) return excess - taken;
        draft.Move(MoveKind.Owe, excess - taken);
        return default;
    }

    public static Rejection? Release(
        AccountBook book, EntryDraft draft, ThingNumber number, JobEnd? job, Moment moment, out long repeats)
    {
        repeats = 0;
        if (book.FindHold(number) is not { } hold) return new Rejection.NotFound("hold");
        if (hold.Status is HoldStatus.Captured or HoldStatus.Released)
        {
            repeats = hold.EndedBy;
            return new Rejection.HoldNotOpen(hold.Status);
        }
        if (hold.Status == HoldStatus.Held) GiveBack(book, draft, hold.Open, moment.At);
        draft.Enter(new EntryBody.Released(number, job), moment);
        return null;
    }

    public static Rejection? Extend(
        AccountBook book, EntryDraft draft, AccountCommand.ExtendHold command, Moment moment, out long repeats)
    {
        repeats = 0;
        if (book.FindHold(command.Hold) is not { } hold) return new Rejection.NotFound("hold");
        if (command.ExpiresAt == hold.ExpiresAt)
            repeats = hold.ExtendedBy == 0 ? hold.Number.Sequence : hold.ExtendedBy;
        if (hold.Status != HoldStatus.Held) return new Rejection.HoldNotOpen(hold.Status);
        if (repeats > 0) return null;
        if (command.ExpiresAt < hold.ExpiresAt)
            return new Rejection.InvalidTime("expires_at", "a hold can only be extended to a later time");
        if (command.ExpiresAt > hold.CreatedAt.Plus(moment.Settings.MaxHoldLifetime))
            return new Rejection.LimitExceeded("max_hold_lifetime");
        draft.Enter(new EntryBody.HoldExtended(hold.Number, command.ExpiresAt, hold.Captured), moment);
        return null;
    }

    /// <summary>
    /// Returns legs to where they came from; what has expired or been voided meanwhile goes there at once.
    /// </summary>
    public static void GiveBack(AccountBook book, EntryDraft draft, IEnumerable<Leg> legs, Instant at)
    {
        foreach (var leg in legs)
        {
            if (leg.Grant.IsNone) draft.Move(MoveKind.Unreserve, leg.Amount);
            else if (book.FindGrant(leg.Grant) is { } grant)
                draft.Move(
                    grant.IsVoided ? MoveKind.ReturnVoided
                    : grant.HasExpiredAt(at) ? MoveKind.ReturnExpired
                    : MoveKind.Return,
                    leg.Grant, leg.Amount);
        }
    }

    public static Rejection? EndJob(
        AccountBook book, EntryDraft draft, AccountCommand.EndJob command, Moment moment, out long repeats)
    {
        repeats = 0;
        if (book.FindHold(command.Hold) is not { Job: { } job }) return new Rejection.NotFound("job");
        var rows = command.RowsDone ?? (command.Outcome == JobOutcome.Completed ? job.Rows : 0);
        var end = new JobEnd(command.Outcome, rows);
        if (command.Outcome == JobOutcome.RolledBack || (command.Outcome == JobOutcome.Failed && rows == 0))
            return Release(book, draft, command.Hold, end, moment, out repeats);
        var capture = new AccountCommand.CaptureHold
        {
            Hold = command.Hold, Demand = Demand.Of(job.CreditsPerRow * rows), Mode = command.Mode,
        };
        return Capture(book, draft, capture, end, moment, out repeats);
    }
}
