using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>An entry that an index item leads to.</summary>
internal readonly record struct Located(long Sequence, long Position);

/// <summary>
/// What has been committed and is not in a run yet. The store's tail lock guards it while it grows; once it is being
/// flushed nobody changes it any more.
/// </summary>
/// <param name="keys">Empty.</param>
internal sealed class Tail(TailKeys keys, Func<string, ulong> hashText)
{
    private readonly Dictionary<ChainKey, TailChain> _chains = [];
    private readonly Dictionary<(ChainKey Chain, string ReferenceId), List<Located>> _references = [];
    private (ChainKey Chain, string? Key) _lastKey;

    public long FirstPosition { get; private set; }
    public long LastPosition { get; private set; }
    public int Entries { get; private set; }
    public long Bytes { get; private set; }
    public IReadOnlyDictionary<ChainKey, TailChain> Chains => _chains;
    public TailKeys Keys => keys;
    public IReadOnlyDictionary<(ChainKey Chain, string ReferenceId), List<Located>> References => _references;

    /// <summary>What its entries add to reports.</summary>
    public ChainRollups Rollups { get; } = new();

    /// <param name="records">What the entry's change left.</param>
    public void Add(
        ChainKey key, SealedEntry entry, IReadOnlyCollection<ChainRecord> records, long position)
    {
        if (!_chains.TryGetValue(key, out var chain))
            _chains.Add(key, chain = new() { FirstSequence = entry.Entry.Sequence });
        chain.Add(position);
        if (FirstPosition == 0) FirstPosition = position;
        LastPosition = position;
        Entries++;
        Bytes += entry.Bytes.Length;
        Rollups.Add(entry.Entry, records);
        if (entry.Entry.Origin?.Key is { } idempotencyKey)
            AddKey(key, idempotencyKey, new(entry.Entry.Sequence, position));
        if (entry.Entry.Body.Reference is { } reference)
        {
            if (!_references.TryGetValue((key, reference), out var entries))
                _references.Add((key, reference), entries = []);
            entries.Add(new(entry.Entry.Sequence, position));
        }
    }

    /// <summary>After the entries that led to it.</summary>
    public void Set(ChainState state, IReadOnlyCollection<ChainRecord> records, long sequenceBefore)
    {
        var chain = _chains[state.Key];
        chain.State = state;
        foreach (var record in records)
            (chain.Records ??= [])[(record.Key, Checkpoints.EpochOf(sequenceBefore))] = record;
        if (Checkpoints.IsDue(sequenceBefore, state.Sequence)) (chain.Kept ??= []).Add(state);
    }

    public TailChain? Find(ChainKey chain) => _chains.GetValueOrDefault(chain);

    public IEnumerable<Located> FindReference(ChainKey chain, string reference) =>
        _references.GetValueOrDefault((chain, reference)) ?? [];

    /// <summary>The first entry of a command has its key; others of it lie next to it.</summary>
    private void AddKey(ChainKey chain, string key, Located entry)
    {
        if (_lastKey.Key == key && _lastKey.Chain == chain) return;
        _lastKey = (chain, key);
        keys.Add(chain, hashText(key), entry);
    }
}

/// <summary>The part of a tail that belongs to one chain; its entries are consecutive.</summary>
internal sealed class TailChain
{
    private long[] _positions = new long[4];
    private int _count;

    public required long FirstSequence { get; init; }
    public ReadOnlySpan<long> Positions => _positions.AsSpan(0, _count);
    public ChainState State { get; set; } = null!;
    public Dictionary<(RecordKey Record, long Epoch), ChainRecord>? Records { get; set; }
    public List<ChainState>? Kept { get; set; }

    public void Add(long position)
    {
        if (_count == _positions.Length) Array.Resize(ref _positions, _count * 2);
        _positions[_count++] = position;
    }

    /// <param name="before">The epoch that begins after the form asked for.</param>
    public ChainRecord? FindRecord(RecordKey record, long before)
    {
        var epoch = Math.Min(before - 1, Checkpoints.EpochOf(State.Sequence));
        for (; Records is not null && epoch >= Checkpoints.EpochOf(FirstSequence - 1); epoch--)
            if (Records.TryGetValue((record, epoch), out var form)) return form;
        return null;
    }

    public ChainState? CheckpointAt(Instant at)
    {
        for (var i = (Kept?.Count ?? 0) - 1; i >= 0; i--)
            if (Kept![i].LastAt <= at) return Kept[i];
        return null;
    }
}
