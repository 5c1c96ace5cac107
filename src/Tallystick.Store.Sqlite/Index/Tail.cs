using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>An entry that an index item leads to.</summary>
internal readonly record struct Located(long Sequence, long Position);

/// <summary>
/// What has been committed and is not in a run yet. The store's tail lock guards it while it grows; once it is being
/// flushed nobody changes it any more.
/// </summary>
internal sealed class Tail(Func<string, ulong> hashText)
{
    private const int SpareMax = 16_384;

    private readonly Dictionary<ChainKey, TailChain> _chains = [];
    private readonly Dictionary<ChainKey, Rollup> _projects = [];

    /// <summary>
    /// The last state of each chain, side by side: with every commit these refer to what is new, and the collector
    /// looks through what does.
    /// </summary>
    private readonly List<ChainState> _states = [];
    private readonly Stack<TailChain> _spare = new();
    private readonly Dictionary<(ChainKey Chain, string ReferenceId), List<Located>> _references = [];
    private (ChainKey Chain, string? Key) _lastKey;

    public long FirstPosition { get; private set; }
    public long LastPosition { get; private set; }
    public int Entries { get; private set; }
    public long Bytes { get; private set; }
    public IReadOnlyDictionary<ChainKey, TailChain> Chains => _chains;
    public TailKeys Keys { get; } = new();
    public IReadOnlyDictionary<(ChainKey Chain, string ReferenceId), List<Located>> References => _references;

    /// <summary>What its entries add to reports, by account and by project.</summary>
    public IEnumerable<(ChainKey Chain, Rollup Rollup)> Rollups =>
        _chains.Where(chain => !chain.Value.Rollup.IsEmpty).Select(chain => (chain.Key, chain.Value.Rollup))
            .Concat(_projects.Select(project => (project.Key, project.Value)));

    /// <summary>Adds a chain's next entries and what they led to.</summary>
    /// <param name="first">The position of the first of them; the others follow.</param>
    public void Add(
        ChainState state, IReadOnlyList<SealedEntry> entries, IReadOnlyCollection<ChainRecord> records, long first)
    {
        var before = state.Sequence - entries.Count;
        if (!_chains.TryGetValue(state.Key, out var chain))
        {
            _chains.Add(state.Key, chain = _spare.TryPop(out var spare) ? spare : new());
            (chain.FirstSequence, chain.Place) = (before + 1, _states.Count);
            _states.Add(state);
        }
        _states[chain.Place] = state;
        if (FirstPosition == 0) FirstPosition = first;
        for (var i = 0; i < entries.Count; i++) Add(chain, state.Key, entries[i], records, first + i);
        foreach (var record in records) (chain.Records ??= [])[(record.Key, Checkpoints.EpochOf(before))] = record;
        if (Checkpoints.IsDue(before, state.Sequence)) (chain.Kept ??= []).Add(state);
    }

    /// <summary>
    /// Empty, with the room that it has had: what a tail needs for its chains is not made anew for each, which the
    /// collector would have to move while everybody waits.
    /// </summary>
    public void Clear()
    {
        foreach (var chain in _chains.Values)
        {
            if (_spare.Count == SpareMax) break;
            chain.Clear();
            _spare.Push(chain);
        }
        _chains.Clear();
        _projects.Clear();
        _states.Clear();
        _references.Clear();
        Keys.Clear();
        (FirstPosition, LastPosition, Entries, Bytes, _lastKey) = (0, 0, 0, 0, default);
    }

    public Rollup? FindRollup(ChainKey chain) =>
        chain.IsProject ? _projects.GetValueOrDefault(chain) : Find(chain)?.Rollup;

    public TailChain? Find(ChainKey chain) => _chains.GetValueOrDefault(chain);
    public ChainState? FindState(ChainKey chain) => Find(chain) is { } own ? StateOf(own) : null;
    public ChainState StateOf(TailChain chain) => _states[chain.Place];

    public IEnumerable<Located> FindReference(ChainKey chain, string reference) =>
        _references.GetValueOrDefault((chain, reference)) ?? [];

    private void Add(
        TailChain chain, ChainKey key, SealedEntry entry, IReadOnlyCollection<ChainRecord> records, long position)
    {
        chain.Add(position);
        LastPosition = position;
        Entries++;
        Bytes += entry.Bytes.Length;
        if (!key.IsProject) AddTo(chain.Rollup, key, ChainRollups.SumOf(entry.Entry, records));
        if (entry.Entry.Origin?.Key is { } idempotencyKey)
            AddKey(key, idempotencyKey, new(entry.Entry.Sequence, position));
        if (entry.Entry.Body.Reference is { } reference)
        {
            if (!_references.TryGetValue((key, reference), out var entries))
                _references.Add((key, reference), entries = []);
            entries.Add(new(entry.Entry.Sequence, position));
        }
    }

    /// <summary>The first entry of a command has its key; others of it lie next to it.</summary>
    private void AddKey(ChainKey chain, string key, Located entry)
    {
        if (_lastKey.Key == key && _lastKey.Chain == chain) return;
        _lastKey = (chain, key);
        Keys.Add(chain, hashText(key), entry);
    }

    private void AddTo(Rollup account, ChainKey key, in EntrySum sum)
    {
        if (sum.IsZero) return;
        account.Add(sum);
        var ofProject = ChainKey.OfProject(key.Project);
        if (!_projects.TryGetValue(ofProject, out var project)) _projects.Add(ofProject, project = new());
        project.Add(sum);
    }
}

/// <summary>The part of a tail that belongs to one chain; its entries are consecutive.</summary>
internal sealed class TailChain
{
    private const int PositionsKept = 16;

    private long[] _positions = new long[4];
    private int _count;

    /// <summary>Of its state among those of the tail.</summary>
    public int Place { get; set; }
    public long FirstSequence { get; set; }
    public Rollup Rollup { get; } = new();
    public ReadOnlySpan<long> Positions => _positions.AsSpan(0, _count);
    public Dictionary<(RecordKey Record, long Epoch), ChainRecord>? Records { get; set; }
    public List<ChainState>? Kept { get; set; }

    public void Add(long position)
    {
        if (_count == _positions.Length) Array.Resize(ref _positions, _count * 2);
        _positions[_count++] = position;
    }

    public void Clear()
    {
        if (_count > PositionsKept) _positions = new long[PositionsKept];
        (_count, Records, Kept) = (0, null, null);
        Rollup.Clear();
    }

    /// <param name="before">The epoch that begins after the form asked for.</param>
    public ChainRecord? FindRecord(RecordKey record, long before)
    {
        var epoch = Math.Min(before - 1, Checkpoints.EpochOf(FirstSequence + _count - 1));
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
