using System.Collections.Immutable;
using Tallystick.Core.Journal;
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

    /// <summary>A grant that the entry in the making begins with.</summary>
    public void Begin(EntryBody.Granted body, Instant at) => book.BeginGrants(body, Sequence, at);

    public void Move(MoveKind kind, CreditAmount amount) => Move(kind, default, amount);

    public void Enter(EntryBody body, Instant at, Origin? origin = null, EntryText? text = null)
    {
        PayDebts();
        if (book.Missing.Count > 0) return;
        var entry = new JournalEntry
        {
            Chain = book.Key, Sequence = Sequence, At = at, Body = body, Moves = [.. _moves],
            Buckets = book.BucketsOf(_moves), BalanceAfter = book.Balance, AvailableAfter = book.Available,
            Origin = origin, TextDigest = text is null ? [] : [.. HashChain.TextDigest(text)],
        };
        var bytes = EntryCodec.Encode(entry);
        var hash = HashChain.Next(bytes, book.Head);
        book.End(entry, text);
        book.Seal(hash);
        _entries.Add(new(entry, bytes, hash, text));
        _moves.Clear();
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
