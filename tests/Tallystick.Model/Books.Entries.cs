using System.Numerics;

namespace Tallystick.Model;

internal sealed partial class Books
{
    private EntryKind kind;
    private long at;
    private Dictionary<(ThingId? Grant, Pool Pool), BigInteger>? postings;
    private List<ModelRepayment> repayments = [];
    private int regrants;

    /// <summary>The sequence of the entry being written, or of the next one.</summary>
    public long Sequence => Journal.Count + 1;

    /// <summary>Starts an entry; what is posted up to <see cref="Write"/> belongs to it.</summary>
    public void Open(EntryKind entryKind, long entryAt)
    {
        if (postings is not null) throw new InvalidOperationException("The last entry was never written.");
        (kind, at, postings, repayments, regrants) = (entryKind, entryAt, [], [], 0);
    }

    /// <summary>Adds to a pool of a grant, or of the account where the grant is null.</summary>
    public void Post(ThingId? grant, Pool pool, BigInteger amount)
    {
        if (postings is null) throw new InvalidOperationException("No entry is open.");
        if (grant is { } id) Replace(Grant(id).Add(pool, amount));
        else Pools[pool] += amount;
        postings[(grant, pool)] = postings.GetValueOrDefault((grant, pool)) + amount;
    }

    public void Move(ThingId grant, Pool source, Pool target, BigInteger amount)
    {
        Post(grant, source, -amount);
        Post(grant, target, amount);
    }

    /// <summary>Moves between two of the account's own pools.</summary>
    public void Move(Pool source, Pool target, BigInteger amount)
    {
        Post(null, source, -amount);
        Post(null, target, amount);
    }

    public ThingId NextRegrantId() => new(Sequence, ++regrants);

    /// <summary>Adds to what this entry leaves owed: one debt an entry.</summary>
    public void Owe(BigInteger amount)
    {
        if (amount == 0) return;
        Move(Pool.Debt, Pool.Unfunded, amount);
        var present = Debts.Find(debt => debt.Sequence == Sequence);
        if (present is null) Debts.Add(new ModelDebt(Sequence, amount));
        else Replace(present with { Amount = present.Amount + amount });
    }

    /// <summary>
    /// Ends the entry. Every entry ends by paying what is owed from what remains, so that debt and remaining credits
    /// never stand side by side, whichever of the two the entry brought about.
    /// </summary>
    public Outcome Write(ThingId? subject, BigInteger amount)
    {
        PayDebts();
        var entry = new ModelEntry
        {
            Sequence = Sequence,
            Kind = kind,
            At = at,
            Subject = subject,
            Amount = amount,
            Postings = SortedPostings(),
            Repayments = repayments,
            BalanceAfter = Balance.Balance,
            AvailableAfter = Balance.Available,
        };
        postings = null;
        Journal.Add(entry);
        return new Outcome.Accepted(entry);
    }

    private void PayDebts()
    {
        foreach (var debt in Debts.Where(debt => debt.Owed > 0).OrderBy(debt => debt.Sequence).ToList())
        {
            foreach (var grant in SpendableInBurnOrder())
            {
                var amount = BigInteger.Min(Debt(debt.Sequence).Owed, grant.Remaining);
                if (amount > 0) Pay(debt.Sequence, grant.Id, amount);
            }
        }
    }

    private void Pay(long debtSequence, ThingId grant, BigInteger amount)
    {
        Move(grant, Pool.Remaining, Pool.Used, amount);
        Move(Pool.Unfunded, Pool.Debt, amount);
        var debt = Debt(debtSequence);
        Replace(debt with { Payments = [.. debt.Payments, new DebtPayment(grant, amount)] });
        repayments.Add(new ModelRepayment(debtSequence, grant, amount));
    }

    private IReadOnlyList<ModelPosting> SortedPostings() =>
    [
        .. postings!
            .Where(posting => posting.Value != 0)
            .OrderBy(posting => posting.Key.Grant is not null)
            .ThenBy(posting => posting.Key.Grant?.Sequence)
            .ThenBy(posting => posting.Key.Grant?.Ordinal)
            .ThenBy(posting => posting.Key.Pool)
            .Select(posting => new ModelPosting(posting.Key.Grant, posting.Key.Pool, posting.Value)),
    ];
}
