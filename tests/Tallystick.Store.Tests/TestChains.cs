using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Tests;

/// <summary>What a test wants of one entry.</summary>
/// <param name="Counts">False: in no report.</param>
internal sealed record Wish(
    string? Key = null, string? Reference = null, bool Record = false, string? Text = null, bool Counts = true);

/// <summary>
/// Makes chains of entries with a fold that is as simple as one can be: the issued amount counts up, and an entry whose
/// amount is odd writes (or changes) the record of a debt. The rules themselves are tested elsewhere.
/// </summary>
internal sealed class TestChains
{
    public const string Team = "team";
    private readonly Dictionary<ChainKey, AccountState> _states = [];

    public Dictionary<ChainKey, List<SealedEntry>> Journal { get; } = [];
    public Dictionary<(ChainKey, RecordKey), ChainRecord> Records { get; } = [];

    /// <summary>Every form of a record with the entry that made it, whether or not a store has taken it.</summary>
    public List<(ChainKey Chain, long Sequence, ChainRecord Record)> Forms { get; } = [];
    public long Clock { get; set; } = 1_000_000;

    /// <summary>Two of three entries say which team they are for.</summary>
    public bool ReportsByTeam { get; init; }

    /// <summary>False where only the states are needed: then a million entries do not weigh on the collector.</summary>
    public bool KeepsJournal { get; init; } = true;

    public AccountState? State(ChainKey chain) => _states.GetValueOrDefault(chain);

    public static ChainKey Chain(int account, int project = 1) => ChainKey.OfAccount(project, $"account-{account}");

    public ChainChange Change(int account, params IReadOnlyList<Wish> wishes) => Change(account, 1, wishes);

    public ChainChange Change(int account, int project, IReadOnlyList<Wish> wishes)
    {
        var chain = Chain(account, project);
        var state = _states.GetValueOrDefault(chain);
        var (before, head) = (state?.Sequence ?? 0, state?.Head ?? HashChain.Genesis);
        var entries = new List<SealedEntry>();
        var records = new Dictionary<RecordKey, ChainRecord>();
        foreach (var wish in wishes)
        {
            var entry = Seal(chain, account, state, wish);
            var folded = Fold(state, entry, _ => null);
            foreach (var record in folded.Records)
            {
                records[record.Key] = record;
                Forms.Add((chain, entry.Entry.Sequence, record));
            }
            state = (AccountState)folded.State;
            entries.Add(entry);
        }
        return new()
        {
            Key = chain, SequenceBefore = before, HeadBefore = head, Entries = entries, State = state!,
            Records = records.Values,
        };
    }

    /// <summary>The store has taken the changes.</summary>
    public void Accept(params IEnumerable<ChainChange> changes)
    {
        foreach (var change in changes)
        {
            _states[change.Key] = (AccountState)change.State;
            if (!KeepsJournal) continue;
            if (!Journal.TryGetValue(change.Key, out var entries)) Journal.Add(change.Key, entries = []);
            entries.AddRange(change.Entries);
            foreach (var record in change.Records) Records[(change.Key, record.Key)] = record;
        }
    }

    public static FoldResult Fold(ChainState? state, SealedEntry entry, Func<RecordKey, ChainRecord?> lookup)
    {
        var account = (AccountState?)state ?? new AccountState
        {
            Key = entry.Entry.Chain, AccountId = ((EntryBody.AccountOpened)entry.Entry.Body).AccountId,
        };
        var amount = entry.Entry.Body is EntryBody.Charged charged ? charged.Amount : default;
        account = account with
        {
            Sequence = entry.Entry.Sequence, Head = entry.Hash, LastAt = entry.Entry.At,
            Issued = account.Issued + amount,
        };
        if (amount.Micros % 2 == 0) return new(account, []);
        var debt = new Debt
        {
            // Few numbers, so that records are written again and again.
            Number = new(1 + entry.Entry.Sequence % 5, (int)(entry.Entry.Sequence % 3)),
            Owed = account.Issued, Repayments = [],
        };
        return new(account, [debt]);
    }

    private SealedEntry Seal(ChainKey chain, int account, AccountState? state, Wish wish)
    {
        EntryText? text = wish.Text is null ? null
            : new([.. new byte[16]], [.. System.Text.Encoding.UTF8.GetBytes(wish.Text)]);
        var sequence = (state?.Sequence ?? 0) + 1;
        var entry = new JournalEntry
        {
            Chain = chain,
            Sequence = sequence,
            At = new(Clock++),
            Body = sequence == 1
                ? new EntryBody.AccountOpened($"account-{account}", AccountTerms.Default)
                : !wish.Counts ? new EntryBody.AccountSuspended()
                : new EntryBody.Charged(new(sequence * 2 + (wish.Record ? 1 : 0)), wish.Reference),
            Moves = sequence == 1 || !wish.Counts ? [] : [new(MoveKind.Spend, new(sequence, 0), new(sequence))],
            Buckets = ["monthly"],
            BalanceAfter = new(sequence * 1_000_000),
            Origin = new(wish.Key, Sixteen(sequence), new(7), Sixteen(sequence * 31))
            {
                Labels = ReportsByTeam && sequence % 3 > 0 ? [new(Team, $"team {sequence % 17}")] : [],
            },
            TextDigest = text is null ? [] : [.. HashChain.TextDigest(text)],
        };
        var bytes = EntryCodec.Encode(entry);
        return new(entry, bytes, HashChain.Next(bytes, state?.Head ?? HashChain.Genesis), text);
    }

    private static ImmutableArray<byte> Sixteen(long value)
    {
        var bytes = new byte[16];
        BitConverter.TryWriteBytes(bytes, value * 0x1234567);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), value * 0x7654321);
        return [.. bytes];
    }
}
