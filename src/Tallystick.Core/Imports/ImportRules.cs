using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Core.Imports;

/// <summary>
/// Taking over another system's books. Its history moves nothing; its balance comes once, in one entry, as a grant for
/// each bucket, and says of how many rows and of what sum it is the outcome.
/// </summary>
internal static class ImportRules
{
    public static Rejection? RecordHistory(EntryDraft draft, EntryBody.HistoryImported row, Moment moment)
    {
        if (!row.Split.IsEmpty && !IsSplitOf(row.Split, -row.Amount))
            return new Rejection.InvalidField("split", "must sum to what the row takes, each bucket once");
        draft.Enter(row, moment);
        return null;
    }

    public static Rejection? TakeBalance(
        AccountBook book, EntryDraft draft, AccountCommand.ImportBalance command, Moment moment)
    {
        if (Refused(book, command, moment) is { } refused) return refused;
        var body = new EntryBody.BalanceImported
        {
            Layout = command.Layout, Stated = command.Stated, Rows = book.Imported.Rows, Sum = book.Imported.Sum,
            Buckets = command.Buckets, Owed = command.Owed, Jobs = command.Jobs,
            HoldsExpireAt = command.Jobs.IsEmpty ? null
                : command.HoldsExpireAt ?? moment.At.Plus(moment.Settings.MaxHoldLifetime),
        };
        draft.Begin(body, moment.At);
        for (var i = 0; i < body.Buckets.Length; i++) Open(book, draft, body, i);
        draft.Move(MoveKind.Owe, body.Owed);
        draft.Enter(body, moment);
        foreach (var job in body.Jobs) Place(draft, body, job, GrantsOf(book, job), moment);
        return null;
    }

    /// <summary>
    /// The split of an imported charge over the grants that its buckets became; null where it has none: then where its
    /// credits came from is not known, and nobody guesses.
    /// </summary>
    public static ImmutableArray<Leg>? LegsOf(AccountBook book, Charge charge)
    {
        if (charge.Split.IsEmpty || charge.Number.Sequence > book.Imported.Opening) return null;
        var legs = ImmutableArray.CreateBuilder<Leg>(charge.Split.Length);
        foreach (var part in charge.Split)
        {
            if (book.Imported.Find(part.Bucket) is not { Grant.IsNone: false } bucket) return null;
            legs.Add(new(bucket.Grant, part.Amount));
        }
        return legs.ToImmutable();
    }

    private static Rejection? Refused(AccountBook book, AccountCommand.ImportBalance command, Moment moment)
    {
        if (book.Status == AccountStatus.Closed) return new Rejection.AccountClosed();
        if (book.Imported.IsOpen) return new Rejection.AccountConflict(book.Status, "its balance has been imported");
        if (book.Issued.IsPositive || book.Owed.IsPositive)
            return new Rejection.AccountConflict(book.Status, "it has, or has had, credits of its own");
        if (command.Owed < default(CreditAmount)) return new Rejection.InvalidAmount("owed");
        if (command.Buckets.Select(one => one.Bucket).Distinct(StringComparer.Ordinal).Count()
            != command.Buckets.Length) return new Rejection.InvalidField("buckets", "each once");
        foreach (var bucket in command.Buckets)
        {
            if (bucket.Remaining < default(CreditAmount)) return new Rejection.InvalidAmount("remaining");
            if (bucket.ExpiresAt <= moment.At) return new Rejection.InvalidTime("expires_at", "must be later than now");
        }
        foreach (var job in command.Jobs)
            if (!IsSplitOf(job.Taken, job.Amount)
                || job.Taken.Any(part => command.Buckets.All(one => one.Bucket != part.Bucket)))
                return new Rejection.InvalidField("jobs", "each takes something, of buckets that there are");
        if (command.HoldsExpireAt <= moment.At)
            return new Rejection.InvalidTime("holds_expire_at", "must be later than now");
        return command.HoldsExpireAt > moment.At.Plus(moment.Settings.MaxHoldLifetime)
            ? new Rejection.LimitExceeded("max_hold_lifetime")
            : null;
    }

    /// <summary>
    /// The grant has all that the charges of the history took, so that they can be refunded to it, and what open jobs
    /// have taken, which is set aside at once: a debt of the same entry must not be paid from it.
    /// </summary>
    private static void Open(AccountBook book, EntryDraft draft, EntryBody.BalanceImported body, int index)
    {
        var bucket = body.Buckets[index];
        var number = new ThingNumber(draft.Sequence, index + 1);
        var charged = book.Imported.Find(bucket.Bucket)?.Charged ?? default;
        var held = default(CreditAmount);
        foreach (var job in body.Jobs)
            foreach (var part in job.Taken)
                if (part.Bucket == bucket.Bucket) held += part.Amount;
        draft.Move(MoveKind.Issue, number, bucket.Remaining + held + charged);
        draft.Move(MoveKind.Spend, number, charged);
        draft.Move(MoveKind.Hold, number, held);
    }

    /// <summary>An ordinary hold, which takes over what has been set aside for it.</summary>
    private static void Place(
        EntryDraft draft, EntryBody.BalanceImported body, OpenJob job, ImmutableArray<Leg> legs, Moment moment)
    {
        foreach (var leg in legs)
        {
            draft.Move(MoveKind.Return, leg.Grant, leg.Amount);
            draft.Move(MoveKind.Hold, leg.Grant, leg.Amount);
        }
        draft.Enter(
            new EntryBody.HoldPlaced
            {
                Amount = job.Amount, ExpiresAt = body.HoldsExpireAt!.Value, ReferenceId = job.ReferenceId,
                Job = job.Terms,
            }, moment.At, moment.Origin);
    }

    private static ImmutableArray<Leg> GrantsOf(AccountBook book, OpenJob job) =>
        [.. job.Taken.Select(part => new Leg(book.Imported.Find(part.Bucket)!.Grant, part.Amount))];

    private static bool IsSplitOf(ImmutableArray<BucketPart> parts, CreditAmount amount) =>
        amount.IsPositive
        && parts.All(part => part.Amount.IsPositive)
        && parts.Select(part => part.Bucket).Distinct(StringComparer.Ordinal).Count() == parts.Length
        && parts.Aggregate(default(CreditAmount), (sum, part) => sum + part.Amount) == amount;
}
