using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Lanes;

/// <summary>What one turn has decided and not yet committed, chain by chain.</summary>
/// <param name="count">How many chains it may concern.</param>
internal sealed class Batch(int count)
{
    /// <summary>Among so few entries a key is found by looking at each.</summary>
    private const int ScanMax = 4;

    private readonly Dictionary<ChainKey, Pending> _chains = new(count);

    public bool IsEmpty => _chains.Values.All(pending => pending.Entries.Count == 0);
    public Pending? Find(ChainKey chain) => _chains.GetValueOrDefault(chain);

    public Pending Open(ChainKey chain, ChainState? state)
    {
        if (!_chains.TryGetValue(chain, out var pending)) _chains[chain] = pending = new(chain, state);
        return pending;
    }

    /// <summary>What to commit, and what answers that enter nothing take for granted.</summary>
    public List<ChainChange> ToChanges()
    {
        var changes = new List<ChainChange>(_chains.Count);
        foreach (var pending in _chains.Values)
        {
            if (pending.Entries.Count == 0 && !pending.IsReliedOn) continue;
            changes.Add(new()
            {
                Key = pending.Chain, SequenceBefore = pending.SequenceBefore, HeadBefore = pending.HeadBefore,
                Entries = pending.Entries, State = pending.State!, Records = pending.Records,
                KeysAbsent = pending.KeysAbsent,
            });
        }
        return changes;
    }

    /// <summary>One chain in the making: later commands of the batch see what earlier ones have decided.</summary>
    internal sealed class Pending(ChainKey chain, ChainState? state)
    {
        // Most chains of a batch have one entry, which changes no record: what is rarely needed is made when it is.
        private Dictionary<RecordKey, ChainRecord>? _records;
        private Dictionary<string, SealedEntry>? _keys;
        private List<string>? _keysAbsent;

        public ChainKey Chain { get; } = chain;
        public long SequenceBefore { get; } = state?.Sequence ?? 0;
        public byte[] HeadBefore { get; } = state?.Head ?? HashChain.Genesis;
        public ChainState? State { get; private set; } = state;
        public List<SealedEntry> Entries { get; } = new(1);
        public IReadOnlyCollection<ChainRecord> Records => _records is null ? [] : _records.Values;
        public IReadOnlyCollection<string> KeysAbsent => _keysAbsent ?? [];

        /// <summary>An answer rests on the state although it enters nothing.</summary>
        public bool IsReliedOn { get; private set; }

        public void RelyOn(string? keyAbsent)
        {
            IsReliedOn = State is not null;
            if (keyAbsent is not null) (_keysAbsent ??= []).Add(keyAbsent);
        }

        public void Add(Core.Decision.Accepted accepted)
        {
            State = accepted.State;
            foreach (var entry in accepted.Entries) Entries.Add(entry);
            foreach (var record in accepted.Records) (_records ??= [])[record.Key] = record;
            if (_keys is not null) Note(accepted.Entries[^1]);
            else if (Entries.Count > ScanMax) NoteAll();
        }

        public ChainRecord? FindRecord(RecordKey key) => _records?.GetValueOrDefault(key);

        /// <summary>The entry that has claimed the key.</summary>
        public SealedEntry? FindKey(string key)
        {
            if (_keys is not null) return _keys.GetValueOrDefault(key);
            foreach (var entry in Entries)
                if (entry.Entry.Origin?.Key == key) return entry;
            return null;
        }

        private void NoteAll()
        {
            _keys = new(StringComparer.Ordinal);
            foreach (var entry in Entries) Note(entry);
        }

        private void Note(SealedEntry entry)
        {
            if (entry.Entry.Origin?.Key is { } key) _keys![key] = entry;
        }

        public SealedEntry? Entry(long sequence) =>
            sequence > SequenceBefore && sequence <= SequenceBefore + Entries.Count
                ? Entries[(int)(sequence - SequenceBefore - 1)]
                : null;
    }
}
