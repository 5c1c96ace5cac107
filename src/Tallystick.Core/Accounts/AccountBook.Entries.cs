using System.Collections.Immutable;
using Tallystick.Core.Charges;
using Tallystick.Core.Grants;
using Tallystick.Core.Money;
using Tallystick.Core.Holds;
using Tallystick.Core.Imports;
using Tallystick.Core.Journal;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Core.Accounts;

/// <summary>
/// What an entry says beyond its moves: grants that begin with it, before them; the rest, after them.
/// </summary>
internal sealed partial class AccountBook
{
    /// <summary>Null while no grant begins, as in nearly every decision.</summary>
    private Dictionary<ThingNumber, Grant>? _begun;

    /// <summary>Nothing counts when a record was <see cref="Missing"/>: fold again with it.</summary>
    public void Fold(SealedEntry sealedEntry)
    {
        var entry = sealedEntry.Entry;
        InvariantBrokenException.Require(
            entry.Sequence == Sequence + 1, "I12", $"entry {entry.Sequence} after {Sequence}");
        InvariantBrokenException.Require(entry.At >= LastAt, "I24", $"entry {entry.Sequence} is earlier than the last");
        BeginGrants(entry.Body, entry.Sequence, entry.At);
        foreach (var move in entry.Moves)
        {
            Apply(move, entry.Sequence);
            if (Missing.Count > 0) return;
        }
        End(entry);
        if (Missing.Count > 0) return;
        Seal(sealedEntry.Hash);
        InvariantBrokenException.Require(
            entry.BalanceAfter == Balance && entry.AvailableAfter == Available,
            "I4",
            $"entry {entry.Sequence} says {entry.BalanceAfter}/{entry.AvailableAfter}, the fold {Balance}/{Available}");
    }

    public void BeginGrants(EntryBody body, long sequence, Instant at)
    {
        if (body is EntryBody.Granted granted) BeginWith(new()
        {
            Number = new(sequence, 0), Amount = granted.Amount, Bucket = granted.Bucket, GrantKind = granted.Kind,
            Priority = granted.Priority, IsFree = granted.IsFree, CreatedAt = at, EffectiveAt = granted.EffectiveAt,
            ExpiresAt = granted.ExpiresAt, CostBasis = granted.CostBasis, ReferenceId = granted.ReferenceId,
            Tier = granted.Tier, Reason = granted.Reason,
        });
        if (body is EntryBody.PeriodEnded ended)
            for (var i = 0; i < ended.Rollovers.Length; i++) BeginRollover(
                ended.Rollovers[i], new(sequence, i + 1), at);
        if (body is EntryBody.BalanceImported imported)
            for (var i = 0; i < imported.Buckets.Length; i++)
                BeginImported(imported.Buckets[i], new(sequence, i + 1), at);
        var regrants = body switch
        {
            EntryBody.Refunded refunded => refunded.Regrants,
            EntryBody.Corrected corrected => corrected.Regrants,
            _ => [],
        };
        for (var i = 0; i < regrants.Length; i++) BeginRegrant(regrants[i], new(sequence, i + 1), at);
    }

    /// <summary>A grant in its source's place; how much it is, its issue tells.</summary>
    public void BeginRegrant(Regrant regrant, ThingNumber number, Instant at)
    {
        if (FindGrant(regrant.Source) is not { } source) return;
        BeginWith(new()
        {
            Number = number, Amount = default, Bucket = source.Bucket, GrantKind = GrantKind.Refund,
            Priority = source.Priority, IsFree = source.IsFree, CreatedAt = at, EffectiveAt = at,
            ExpiresAt = regrant.ExpiresAt, CostBasis = source.CostBasis, Source = source.Number,
        });
    }

    public void BeginRollover(Regrant rollover, ThingNumber number, Instant at)
    {
        if (FindGrant(rollover.Source) is not { } source) return;
        BeginRegrant(rollover, number, at);
        BeginWith(_begun![number] with
        {
            GrantKind = GrantKind.Rollover, Tier = source.Tier, Reason = source.Reason, Rolls = source.Rolls + 1,
        });
    }

    private void BeginImported(OpeningBucket bucket, ThingNumber number, Instant at) => BeginWith(new()
    {
        Number = number, Amount = default, Bucket = bucket.Bucket, GrantKind = GrantKind.Import,
        Priority = bucket.Priority, IsFree = false, CreatedAt = at, EffectiveAt = at, ExpiresAt = bucket.ExpiresAt,
    });

    private void BeginWith(Grant grant) => (_begun ??= [])[grant.Number] = grant;

    private Grant? Begun(Move issue) =>
        _begun is not null && _begun.Remove(issue.Number, out var grant) ? grant with { Amount = issue.Amount } : null;

    public void End(JournalEntry entry)
    {
        (Sequence, LastAt) = (entry.Sequence, entry.At);
        Texts = Texts.After(entry);
        switch (entry.Body)
        {
            case EntryBody.AccountOpened opened:
                (AccountId, Terms, CreatedAt) = (opened.AccountId, opened.Terms, entry.At);
                break;
            case EntryBody.AccountChanged changed:
                Terms = changed.Terms;
                break;
            case EntryBody.AccountSuspended: Status = AccountStatus.Suspended; break;
            case EntryBody.AccountReactivated: Status = AccountStatus.Active; break;
            case EntryBody.AccountClosed: EndAccount(entry); break;
            case EntryBody.Granted { Tier: not null } granted: Membership = Membership?.With(granted); break;
            case EntryBody.PeriodBegun begun: Begin(begun, entry.Sequence); break;
            case EntryBody.TierPlanned planned: Membership = Membership?.Planning(planned.Tier); break;
            case EntryBody.PeriodEnded ended: EndPeriod(ended, entry); break;
            case EntryBody.HistoryImported row: CountImported(row); break;
            case EntryBody.BalanceImported imported: Open(imported, entry.Sequence); break;
            case EntryBody.BudgetPut put: PutBudget(entry, put); break;
            case EntryBody.BudgetRemoved removed: RemoveBudget(removed.Id); break;
            case EntryBody.Charged charged: CountSpent(entry, charged.Amount); break;
            case EntryBody.UsageRecorded { IsCharged: true } usage: CountSpent(entry, usage.Amount); break;
            case EntryBody.GrantVoided voided: EndGrant(entry, voided); break;
            case EntryBody.HoldPlaced placed: Set(Placed(entry, placed)); break;
            case EntryBody.Captured captured: EndCapture(entry, captured); break;
            case EntryBody.Released released:
                EndHold(released.Hold, HoldStatus.Released, entry.Sequence, released.Job);
                break;
            case EntryBody.HoldExpired expired: EndHold(expired.Hold, HoldStatus.Expired, entry.Sequence, null); break;
            case EntryBody.HoldExtended extended:
                if (FindHold(extended.Hold) is { } hold)
                    Set(hold with { ExpiresAt = extended.ExpiresAt, ExtendedBy = entry.Sequence });
                break;
            case EntryBody.Refunded refunded:
                if (FindCharge(refunded.Charge) is { } charge) EndRefund(charge, refunded.Amount);
                break;
            case EntryBody.Corrected corrected: EndCorrection(entry, corrected); break;
        }
        EndLicense(entry);
        if (Missing.Count == 0) CheckSums();
    }

    public void Seal(byte[] hash) => Head = hash;

    private void EndAccount(JournalEntry entry)
    {
        Status = AccountStatus.Closed;
        foreach (var move in entry.Moves)
            if (move.Kind is MoveKind.Void or MoveKind.VoidPending)
                MarkVoided(move.Number, entry.Sequence, clawBack: false);
    }

    private void Begin(EntryBody.PeriodBegun begun, long sequence)
    {
        var present = Membership?.PeriodStart == begun.PeriodStart && Membership is { HasTier: true } ? Membership
            : null;
        Membership = (present ?? new()
        {
            Tier = "", Anchor = begun.Anchor, PeriodStart = begun.PeriodStart, PeriodEnd = begun.PeriodEnd,
            Since = sequence,
        }) with { Tier = begun.Tier, NextTier = null };
        Take(begun.Tier);
    }

    private void EndPeriod(EntryBody.PeriodEnded ended, JournalEntry entry)
    {
        InvariantBrokenException.Require(
            Membership is not null, "I23", $"entry {entry.Sequence} ends a period that never began");
        Membership = new()
        {
            Tier = ended.Tier, Anchor = Membership!.Anchor, PeriodStart = Membership.PeriodEnd,
            PeriodEnd = ended.NextEnd, Since = entry.Sequence,
        };
        Take(ended.Tier);
    }

    private void Take(string tier)
    {
        if (tier.Length > 0 && !TiersTaken.Contains(tier)) TiersTaken = TiersTaken.Add(tier);
        DueBy(Membership!.PeriodEnd);
    }

    /// <summary>What comes after the balance brings nothing to refund: its credits are in no grant.</summary>
    private void CountImported(EntryBody.HistoryImported row)
    {
        Imported = Imported with { Rows = Imported.Rows + 1, Sum = Imported.Sum + row.Amount };
        if (Imported.IsOpen) return;
        foreach (var part in row.Split)
        {
            var known = Imported.Find(part.Bucket) ?? new(part.Bucket, default, default);
            Imported = Imported.With(known with { Charged = known.Charged + part.Amount });
        }
    }

    private void Open(EntryBody.BalanceImported imported, long sequence)
    {
        Imported = Imported with { Opening = sequence };
        for (var i = 0; i < imported.Buckets.Length; i++)
        {
            var name = imported.Buckets[i].Bucket;
            Imported = Imported.With(new(name, Imported.Find(name)?.Charged ?? default, new(sequence, i + 1)));
        }
    }

    private void EndGrant(JournalEntry entry, EntryBody.GrantVoided voided)
    {
        if (FindGrant(voided.Grant) is not { } grant) return;
        InvariantBrokenException.Require(
            grant.Held == voided.Held && grant.Used == voided.Used && grant.Expired == voided.Expired
            && grant.Voided == voided.Voided,
            "I3", $"entry {entry.Sequence} leaves grant {grant.Number.Value} otherwise than it says");
        MarkVoided(voided.Grant, entry.Sequence, voided.ClawBackUsed);
    }

    private void MarkVoided(ThingNumber number, long by, bool clawBack)
    {
        if (FindGrant(number) is { } grant) Set(grant with { VoidedBy = by, ClawedBack = clawBack });
    }

    private static Hold Placed(JournalEntry entry, EntryBody.HoldPlaced placed)
    {
        var legs = ImmutableArray.CreateBuilder<Leg>();
        foreach (var move in entry.Moves)
            if (move.Kind is MoveKind.Hold or MoveKind.Reserve) legs.Add(new(move.Number, move.Amount));
        return new()
        {
            Number = entry.Number, Amount = placed.Amount, CreatedAt = entry.At, ExpiresAt = placed.ExpiresAt,
            Status = HoldStatus.Held, Open = legs.ToImmutable(), ReferenceId = placed.ReferenceId, Job = placed.Job,
            Counts = entry.Counts, Free = placed.TakesOfFreeTier(),
        };
    }

    private void EndCapture(JournalEntry entry, EntryBody.Captured captured)
    {
        if (FindHold(captured.Hold) is not { } hold) return;
        var after = hold with { Captured = hold.Captured + captured.Amount, JobEnd = captured.Job };
        CountSpent(entry, captured.Amount, captured.Free ?? FreeTaken.Of(captured.Priced?.Cost));
        Set(captured.Final
            ? after with { Status = HoldStatus.Captured, EndedBy = entry.Sequence, Open = [], Free = default }
            : after with
            {
                Open = Less(hold.Open, entry.Moves),
                Free = hold.Free.Less(captured.Free?.Use ?? captured.Priced?.Cost.Free?.Use ?? default),
            });
    }

    /// <summary>The legs that are still set aside after the moves of a capture.</summary>
    private static ImmutableArray<Leg> Less(ImmutableArray<Leg> open, ImmutableArray<Move> moves)
    {
        var legs = open.ToBuilder();
        foreach (var move in moves)
        {
            if (move.Kind is not (MoveKind.SpendHeld or MoveKind.SpendReserved)) continue;
            for (var i = 0; i < legs.Count; i++)
                if (legs[i].Grant == move.Number) legs[i] = legs[i] with { Amount = legs[i].Amount - move.Amount };
        }
        legs.RemoveAll(leg => leg.Amount.IsZero);
        return legs.ToImmutable();
    }

    /// <summary>An expired hold keeps its open legs: a late capture takes them first.</summary>
    private void EndHold(ThingNumber number, HoldStatus status, long by, JobEnd? job)
    {
        if (FindHold(number) is not { } hold) return;
        Set(hold with
        {
            Status = status, EndedBy = by, JobEnd = job, Free = default,
            Open = status == HoldStatus.Expired ? hold.Open : [],
        });
    }
}
