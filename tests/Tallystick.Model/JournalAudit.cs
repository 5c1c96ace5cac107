using System.Numerics;

namespace Tallystick.Model;

/// <summary>
/// Adds the postings up again, entry by entry, apart from the model's own figures. It goes on where it stopped, which
/// is sound because the journal is append-only; that too is checked, by the last entry seen.
/// </summary>
internal sealed class JournalAudit
{
    private readonly Dictionary<(ThingId? Grant, Pool Pool), BigInteger> pools = [];
    private ModelEntry? last;

    public BigInteger this[ThingId? grant, Pool pool] => pools.GetValueOrDefault((grant, pool));

    public void Continue(IReadOnlyList<ModelEntry> journal)
    {
        var seen = (int)(last?.Sequence ?? 0);
        Ensure(journal.Count >= seen && (last is null || ReferenceEquals(journal[seen - 1], last)),
            $"entry {seen} was changed or taken back after it had been written");
        foreach (var entry in journal.Skip(seen)) Add(entry);
    }

    private void Add(ModelEntry entry)
    {
        var name = $"entry {entry.Sequence} ({entry.Kind})";
        Ensure(entry.Sequence == (last?.Sequence ?? 0) + 1, $"{name}: the sequence has a gap");
        Ensure(last is null || entry.At >= last.At, $"{name}: time ran backwards");
        Ensure((entry.Kind == EntryKind.AccountOpened) == (entry.Sequence == 1), $"{name}: not the account's opening");
        Ensure(Books.Total(entry.Postings, posting => posting.Amount) == 0, $"{name}: postings do not sum to zero");
        Ensure(entry.Postings.All(posting => posting.Amount != 0), $"{name}: a posting of zero");
        Ensure(IsStrictlySorted([.. entry.Postings.Select(SortKey)]), $"{name}: postings are not merged and sorted");
        Ensure(entry.Repayments.All(repayment => repayment.Amount > 0), $"{name}: a repayment of nothing");
        Ensure(entry.Repayments.Zip(entry.Repayments.Skip(1)).All(pair => pair.First.Debt <= pair.Second.Debt),
            $"{name}: a younger debt was paid before an older one");

        foreach (var posting in entry.Postings)
            pools[(posting.Grant, posting.Pool)] = this[posting.Grant, posting.Pool] + posting.Amount;
        var available = OfGrants(Pool.Remaining) + this[null, Pool.Debt] - this[null, Pool.Reserved];
        var held = OfGrants(Pool.Held) + this[null, Pool.Reserved];
        Ensure(entry.AvailableAfter == available, $"{name}: available_after is not what the postings add up to");
        Ensure(entry.BalanceAfter == available + held, $"{name}: balance_after is not what the postings add up to");
        last = entry;
    }

    private BigInteger OfGrants(Pool pool) =>
        Books.Total(pools.Where(one => one.Key.Grant is not null && one.Key.Pool == pool), one => one.Value);

    private static (long, int, Pool) SortKey(ModelPosting posting) =>
        (posting.Grant?.Sequence ?? 0, posting.Grant?.Ordinal ?? 0, posting.Pool);

    private static bool IsStrictlySorted((long, int, Pool)[] keys) =>
        keys.Zip(keys.Skip(1)).All(pair => pair.First.CompareTo(pair.Second) < 0);

    public static void Ensure(bool holds, string otherwise)
    {
        if (!holds) throw new InvariantBrokenException(otherwise);
    }
}
