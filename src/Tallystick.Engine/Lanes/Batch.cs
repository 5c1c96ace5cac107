using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Lanes;

/// <summary>What one turn has decided and not yet committed, chain by chain.</summary>
internal sealed class Batch
{
    private readonly Dictionary<ChainKey, Pending> _chains = [];

    public bool IsEmpty => _chains.Values.All(pending => pending.Entries.Count == 0);
    public Pending? Find(ChainKey chain) => _chains.GetValueOrDefault(chain);

    public Pending Open(ChainKey chain, ChainState? state)
    {
        if (!_chains.TryGetValue(chain, out var pending)) _chains[chain] = pending = new(chain, state);
        return pending;
    }

    /// <summary>What to commit, and what answers that enter nothing take for granted.</summary>
    public List<ChainChange> ToChanges() =>
    [
        .. from pending in _chains.Values
           where pending.Entries.Count > 0 || pending.IsReliedOn
           select new ChainChange
           {
               Key = pending.Chain, SequenceBefore = pending.SequenceBefore, Entries = pending.Entries,
               State = pending.State!, Records = pending.Records.Values, KeysAbsent = pending.KeysAbsent,
           },
    ];

    /// <summary>One chain in the making: later commands of the batch see what earlier ones have decided.</summary>
    internal sealed class Pending(ChainKey chain, ChainState? state)
    {
        public ChainKey Chain { get; } = chain;
        public long SequenceBefore { get; } = state?.Sequence ?? 0;
        public ChainState? State { get; private set; } = state;
        public List<SealedEntry> Entries { get; } = [];
        public Dictionary<RecordKey, ChainRecord> Records { get; } = [];
        public Dictionary<string, SealedEntry> Keys { get; } = new(StringComparer.Ordinal);

        /// <summary>An answer rests on the state although it enters nothing.</summary>
        public bool IsReliedOn { get; private set; }
        public List<string> KeysAbsent { get; } = [];

        public void RelyOn(string? keyAbsent)
        {
            IsReliedOn = State is not null;
            if (keyAbsent is not null) KeysAbsent.Add(keyAbsent);
        }

        public void Add(Core.Decision.Accepted accepted)
        {
            State = accepted.State;
            Entries.AddRange(accepted.Entries);
            foreach (var record in accepted.Records) Records[record.Key] = record;
            var last = accepted.Entries[^1];
            if (last.Entry.Origin?.Key is { } key) Keys[key] = last;
        }

        public SealedEntry? Entry(long sequence) =>
            sequence > SequenceBefore && sequence <= SequenceBefore + Entries.Count
                ? Entries[(int)(sequence - SequenceBefore - 1)]
                : null;
    }
}
