using System.Numerics;

namespace Tallystick.Model;

public sealed partial class ModelAccount
{
    /// <param name="now">In microseconds.</param>
    /// <param name="amount">What the row did to the balance there; below zero where it took.</param>
    /// <param name="split">What it took from which bucket; empty where it does not say.</param>
    public Outcome ImportHistory(long now, BigInteger amount, IReadOnlyList<BucketShare> split) => Decide(now, at =>
    {
        if (split.Count > 0 && (amount >= 0 || !IsSplit(split, -amount))) return Refusals.InvalidRequest;
        books.Open(EntryKind.HistoryImported, at);
        if (amount < 0)
            books.Charges.Add(new ModelCharge
            {
                Id = new ThingId(books.Sequence),
                Hold = null,
                Amount = -amount,
                Shortfall = 0,
                Legs = [],
                Imported = split,
            });
        return books.Write(subject: null, amount: 0);
    });

    /// <param name="now">In microseconds.</param>
    /// <param name="buckets">What each has left.</param>
    /// <param name="owed">What buckets below zero owe.</param>
    /// <param name="jobs">What each job under way has taken.</param>
    public Outcome ImportBalance(
        long now, IReadOnlyList<BucketShare> buckets, BigInteger owed,
        IReadOnlyList<IReadOnlyList<BucketShare>> jobs) => Decide(now, at => DecideImport(at, buckets, owed, jobs));

    private Outcome DecideImport(
        long at, IReadOnlyList<BucketShare> buckets, BigInteger owed, IReadOnlyList<IReadOnlyList<BucketShare>> jobs)
    {
        if (books.Status == AccountStatus.Closed) return Refusals.AccountClosed;
        if (books.Journal.Any(entry => entry.Kind == EntryKind.BalanceImported) || books.Grants.Count > 0
            || books.Balance.Debt > 0) return Refusals.Conflict(books.Status);
        if (jobs.Any(job => !IsSplit(job, Books.Total(job, part => part.Amount))
            || job.Any(part => buckets.All(bucket => bucket.Bucket != part.Bucket)))) return Refusals.InvalidRequest;

        books.Open(EntryKind.BalanceImported, at);
        var grants = new Dictionary<string, ThingId>(StringComparer.Ordinal);
        foreach (var bucket in buckets)
        {
            grants[bucket.Bucket] = books.NextRegrantId();
            var used = Books.Total(Shares(books.Charges.SelectMany(charge => charge.Imported ?? []), bucket), Amount);
            var held = Books.Total(Shares(jobs.SelectMany(job => job), bucket), Amount);
            OpenBucket(at, grants[bucket.Bucket], bucket, used, held);
        }

        ResolveImportedCharges(grants);
        books.Owe(owed);
        var outcome = books.Write(subject: null, amount: 0);
        foreach (var job in jobs) outcome = PlaceImportedHold(at, job, grants);
        return outcome;
    }

    private void OpenBucket(long at, ThingId id, BucketShare bucket, BigInteger used, BigInteger held)
    {
        var all = bucket.Amount + used + held;
        if (all == 0) return;
        books.Grants.Add(new ModelGrant
        {
            Id = id,
            Amount = all,
            Bucket = bucket.Bucket,
            Kind = GrantKind.Import,
            IsFree = false,
            Priority = 50,
            EffectiveAt = at,
            ExpiresAt = null,
            CostBasis = null,
        });
        books.Post(null, Pool.Issued, -all);
        books.Post(id, Pool.Remaining, bucket.Amount);
        books.Post(id, Pool.Used, used);
        books.Post(id, Pool.Held, held);
    }

    private void ResolveImportedCharges(Dictionary<string, ThingId> grants)
    {
        foreach (var charge in books.Charges.Where(charge => charge.Imported is { Count: > 0 }).ToList())
            if (charge.Imported!.All(part => grants.ContainsKey(part.Bucket)))
                books.Replace(charge with
                {
                    Legs = [.. charge.Imported!.Select(part => new ModelLeg(grants[part.Bucket], part.Amount))],
                });
    }

    private Outcome PlaceImportedHold(long at, IReadOnlyList<BucketShare> job, Dictionary<string, ThingId> grants)
    {
        books.Open(EntryKind.Hold, at);
        var id = new ThingId(books.Sequence);
        var amount = Books.Total(job, Amount);
        books.Holds.Add(new ModelHold
        {
            Id = id,
            Amount = amount,
            PlacedAt = at,
            ExpiresAt = at + settings.MaxHoldLifetimeMicroseconds,
            OpenLegs = [.. job.Select(part => new ModelLeg(grants[part.Bucket], part.Amount))],
        });
        return books.Write(id, amount);
    }

    private static IEnumerable<BucketShare> Shares(IEnumerable<BucketShare> parts, BucketShare bucket) =>
        parts.Where(part => part.Bucket == bucket.Bucket);

    private static BigInteger Amount(BucketShare part) => part.Amount;

    private static bool IsSplit(IReadOnlyList<BucketShare> parts, BigInteger amount) =>
        amount > 0 && parts.All(part => part.Amount > 0) && Books.Total(parts, Amount) == amount
        && parts.DistinctBy(part => part.Bucket).Count() == parts.Count;
}
