using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;

namespace Tallystick.Core.Tests;

/// <summary>
/// One account of the real ledger without engine or store: decides, keeps entries and records, loads what a decision
/// needs. Everything that leaves the state goes through its stored bytes and back, as it would in a store.
/// </summary>
internal sealed class RealAccount
{
    private readonly ProjectSettings _settings;
    private readonly Dictionary<RecordKey, byte[]> _records = [];

    public RealAccount(ProjectSettings settings, string id = "acme", long openedAt = 0, long overdraftLimit = 0)
    {
        _settings = settings;
        Key = ChainKey.OfAccount(1, id);
        Execute(new AccountCommand.PutAccount(id) { OverdraftLimit = new(overdraftLimit) }, openedAt);
    }

    public ChainKey Key { get; }
    public AccountState State { get; private set; } = null!;
    public List<SealedEntry> Journal { get; } = [];

    public Decision Execute(AccountCommand command, long now)
    {
        var loaded = new LoadedRecords();
        while (true)
        {
            var envelope = new Envelope(new Instant(now), UtcCalendar.Terms(_settings));
            switch (AccountRules.Decide(Key, State, command, envelope, loaded))
            {
                case Decision.Needs needs:
                    foreach (var key in needs.Records) loaded.Add(key, Load(key));
                    continue;
                case Decision.Accepted accepted:
                    Journal.AddRange(accepted.Entries);
                    State = (AccountState)AccountStateCodec.Decode(accepted.State.Encode());
                    foreach (var record in accepted.Records) _records[record.Key] = record.Encode();
                    return accepted;
                case var other:
                    return other;
            }
        }
    }

    public ChainRecord? Load(RecordKey key)
    {
        if (_records.TryGetValue(key, out var bytes)) return AccountStateCodec.DecodeRecord(key.Kind, bytes);
        var sequence = key.Number.Sequence;
        return key.Kind == RecordKind.Charge && key.Number.Ordinal == 0 && sequence >= 1 && sequence <= Journal.Count
            ? Charge.From(Journal[(int)sequence - 1].Entry)
            : null;
    }

    /// <summary>Folds the journal from its bytes alone.</summary>
    public RealAccount Refold()
    {
        var copy = new RealAccount(_settings, State.AccountId);
        copy.Journal.Clear();
        copy._records.Clear();
        AccountState? state = null;
        byte[] head = HashChain.Genesis;
        foreach (var stored in Journal)
        {
            var entry = EntryCodec.Decode(stored.Bytes);
            head = HashChain.Next(stored.Bytes, head);
            if (!head.AsSpan().SequenceEqual(stored.Hash)) throw new InvalidOperationException("the chain is broken");
            state = copy.FoldOne(state, new(entry, stored.Bytes, head, stored.Text));
        }
        copy.State = state!;
        return copy;
    }

    private AccountState FoldOne(AccountState? state, SealedEntry entry)
    {
        var loaded = new LoadedRecords();
        while (true)
        {
            var (next, records) = AccountRules.Fold(state, entry, loaded, out var missing);
            if (missing.Count > 0)
            {
                foreach (var key in missing) loaded.Add(key, Load(key));
                continue;
            }
            Journal.Add(entry);
            foreach (var record in records) _records[record.Key] = record.Encode();
            return (AccountState)next;
        }
    }

    public IEnumerable<T> All<T>(RecordKind kind, IEnumerable<T> open) where T : ChainRecord
    {
        var numbers = open.Select(record => record.Number).ToHashSet();
        return _records.Where(pair => pair.Key.Kind == kind && !numbers.Contains(pair.Key.Number))
            .Select(pair => (T)AccountStateCodec.DecodeRecord(kind, pair.Value))
            .Concat(open)
            .OrderBy(record => record.Number);
    }
}
