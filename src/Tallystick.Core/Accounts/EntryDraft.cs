using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Time;

namespace Tallystick.Core.Accounts;

/// <summary>
/// Entries while they are being decided: each move is applied to the books at once, and <see cref="Enter"/> seals what
/// has gathered. Every entry ends by paying what is owed from what remains.
/// </summary>
internal sealed class EntryDraft(AccountBook book)
{
    private readonly List<Move> _moves = [];
    private readonly List<SealedEntry> _entries = [];
    private byte[] _headBefore = HashChain.Genesis;

    public long Sequence => book.Sequence + 1;
    public ThingNumber Number => new(Sequence, 0);
    public int Count => _entries.Count;
    public ImmutableArray<SealedEntry> Entries => [.. _entries];

    /// <summary>Nothing moves for an amount of zero.</summary>
    public void Move(MoveKind kind, ThingNumber number, CreditAmount amount)
    {
        if (amount.IsZero) return;
        var move = new Move(kind, number, amount);
        _moves.Add(move);
        book.Apply(move, Sequence);
    }

    /// <summary>The grants that the entry in the making begins with.</summary>
    public void Begin(EntryBody body, Instant at) => book.BeginGrants(body, Sequence, at);

    public void Move(MoveKind kind, CreditAmount amount) => Move(kind, default, amount);

    /// <summary>The budgets that the entry in the making counts in.</summary>
    public ImmutableArray<Count> Counts { get; set; } = [];

    public void Enter(EntryBody body, Instant at, Origin? origin = null, EntryText? text = null)
    {
        PayDebts();
        if (book.Missing.Count > 0) return;
        if (origin?.Key is not null && _entries is [.., { Entry.Origin.Key: not null }]) LeaveKeyToNext();
        var entry = new JournalEntry
        {
            Chain = book.Key, Sequence = Sequence, At = at, Body = body, Moves = [.. _moves],
            Buckets = book.BucketsOf(_moves), BalanceAfter = book.Balance, AvailableAfter = book.Available,
            Counts = Counts, Origin = origin, TextDigest = text is null ? [] : [.. HashChain.TextDigest(text)],
        };
        book.End(entry);
        _headBefore = book.Head;
        _entries.Add(Seal(entry, text));
        _moves.Clear();
        Counts = [];
    }

    /// <summary>Of the entries that one command makes the last claims its key: its answer is the command's.</summary>
    private void LeaveKeyToNext()
    {
        var last = _entries[^1];
        book.Seal(_headBefore);
        _entries[^1] = Seal(last.Entry with { Origin = last.Entry.Origin! with { Key = null } }, last.Text);
    }

    private SealedEntry Seal(JournalEntry entry, EntryText? text)
    {
        var bytes = EntryCodec.Encode(entry);
        book.Seal(HashChain.Next(bytes, book.Head));
        return new(entry, bytes, book.Head, text);
    }

    private void PayDebts()
    {
        while (book.Missing.Count == 0 && book is { Owed.IsPositive: true, Remaining.IsPositive: true })
        {
            var debt = book.Debts[0];
            foreach (var grant in book.Grants)
            {
                if (!grant.Remaining.IsPositive) continue;
                var part = CreditAmount.Min(debt.Owed, grant.Remaining);
                Move(MoveKind.Repay, grant.Number, part);
                Move(MoveKind.RepayDebt, debt.Number, part);
                break;
            }
        }
    }
}
