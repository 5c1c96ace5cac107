using System.Collections.Concurrent;
using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Testing;

/// <summary>
/// A store in memory that keeps what a real one keeps, as bytes. It can be told to fail, to conflict, or to wait before
/// it commits, so that the engine can be seen under faults. Thread-safe by one lock.
/// </summary>
public sealed class MemoryStore : ILedgerStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ChainKey, Chain> _chains = [];
    private readonly Dictionary<int, List<Seal>> _seals = [];
    private readonly ConcurrentDictionary<ChainKey, SemaphoreSlim> _locks = new();
    private readonly SortedSet<(int Project, string AccountId)> _accounts =
        new(Comparer<(int Project, string AccountId)>.Create((x, y) => x.Project != y.Project
            ? x.Project.CompareTo(y.Project)
            : string.CompareOrdinal(x.AccountId, y.AccountId)));

    /// <summary>
    /// Called before each commit with its changes; may throw or wait. Returns chains to report as conflicting.
    /// </summary>
    public Func<IReadOnlyList<ChainChange>, ValueTask<ImmutableArray<ChainKey>>>? BeforeCommit { get; set; }

    /// <summary>Called before a record is loaded; may throw.</summary>
    public Action<RecordKey>? BeforeRecord { get; set; }

    /// <summary>Called before entries are read; may throw.</summary>
    public Action? BeforeRead { get; set; }

    /// <summary>Called after each seal, before whoever asked for it hears of it; may throw or wait.</summary>
    public Func<ValueTask>? AfterSeal { get; set; }

    public int Commits { get; private set; }

    /// <summary>What was asked and stored, in order, where somebody wants to know.</summary>
    public ConcurrentQueue<string>? Asked { get; set; }
    public bool IsBehind { get; set; }
    public bool IsShared { get; set; }
    public long Interruptions { get; set; }
    public long Lag => 0;
    public string Description => "memory (tests only)";

    public async ValueTask<ImmutableArray<ChainKey>> CommitAsync(
        IReadOnlyList<ChainChange> batch, CancellationToken cancel)
    {
        Asked?.Enqueue(nameof(CommitAsync));
        if (BeforeCommit is { } hook && await hook(batch) is { IsEmpty: false } forced) return forced;
        lock (_gate)
        {
            var conflicts = batch.Where(HasMoved)
                .Select(change => change.Key).ToImmutableArray();
            if (!conflicts.IsEmpty) return conflicts;
            foreach (var change in batch) Store(change);
            Commits++;
            return [];
        }
    }

    public async ValueTask ProbeAsync(CancellationToken cancel)
    {
        if (BeforeCommit is { } hook) await hook([]);
    }

    private void Store(ChainChange change)
    {
        if (Find(change.Key) is not { } chain) _chains[change.Key] = chain = new();
        var erased = change.ErasesBefore;
        if (erased > 0)
            for (var i = 0; i < chain.Entries.Count; i++) chain.Entries[i] = chain.Entries[i] with { Text = null };
        foreach (var entry in change.Entries)
        {
            chain.Entries.Add((entry.Bytes, entry.Hash, entry.Entry.Sequence > erased ? entry.Text : null));
            if (entry.Entry.Origin?.Key is { } key) chain.Keys.Add(key, entry.Entry.Sequence);
            if (entry.Entry.Body is EntryBody.AccountOpened opened)
                _accounts.Add((change.Key.Project, opened.AccountId));
        }
        chain.State = change.State.Encode();
        if (Checkpoints.IsDue(change.SequenceBefore, change.State.Sequence)) chain.Checkpoints.Add(chain.State);
        foreach (var record in change.Records)
        {
            if (!chain.Records.TryGetValue(record.Key, out var forms)) chain.Records.Add(record.Key, forms = []);
            forms[Checkpoints.EpochOf(change.SequenceBefore)] = record.Encode();
        }
    }

    public ValueTask<ChainState?> LoadAsync(ChainKey chain, CancellationToken cancel)
    {
        Asked?.Enqueue(nameof(LoadAsync));
        lock (_gate) return new(Find(chain)?.State is { } bytes ? AccountStateCodec.Decode(bytes) : null);
    }

    public ValueTask<DuePage> TourDueAsync(Instant until, string? cursor, CancellationToken cancel)
    {
        lock (_gate)
            return new(new DuePage(
                [.. from chain in _chains
                    let due = AccountStateCodec.Decode(chain.Value.State!).NextDue
                    where due <= until
                    select (chain.Key, due.Value)],
                Next: null));
    }

    public ValueTask<ChainState?> LoadCheckpointAsync(ChainKey chain, Instant at, CancellationToken cancel)
    {
        Asked?.Enqueue(nameof(LoadCheckpointAsync));
        lock (_gate)
            return new(Find(chain)?.Checkpoints.Select(bytes => AccountStateCodec.Decode(bytes))
                .LastOrDefault(state => state.LastAt <= at));
    }

    public ValueTask<ChainRecord?> LoadRecordAsync(ChainKey chain, RecordKey record, CancellationToken cancel)
    {
        Asked?.Enqueue(nameof(LoadRecordAsync));
        BeforeRecord?.Invoke(record);
        lock (_gate) return new(Find(chain)?.Record(record, long.MaxValue));
    }

    public ValueTask<ChainRecord?> LoadRecordAsync(
        ChainState checkpoint, RecordKey record, CancellationToken cancel)
    {
        Asked?.Enqueue(nameof(LoadRecordAsync));
        lock (_gate) return new(Find(checkpoint.Key)?.Record(record, Checkpoints.EpochAfter(checkpoint.Sequence)));
    }

    public ValueTask<long?> FindKeyAsync(ChainKey chain, string key, CancellationToken cancel)
    {
        Asked?.Enqueue(nameof(FindKeyAsync));
        lock (_gate)
            return new(Find(chain) is { } found && found.Keys.TryGetValue(key, out var sequence) ? sequence : null);
    }

    public ValueTask<IReadOnlyList<long>> FindReferenceAsync(
        ChainKey chain, string referenceId, long before, int limit, CancellationToken cancel)
    {
        Asked?.Enqueue(nameof(FindReferenceAsync));
        lock (_gate)
            return new([.. Decoded(chain)
                .Where(one => one.Entry.Sequence < before && one.Entry.Body.Reference == referenceId)
                .Select(one => one.Entry.Sequence).OrderDescending().Take(limit)]);
    }

    public ValueTask<IReadOnlyList<SealedEntry>> ReadAsync(
        ChainKey chain, long first, long last, CancellationToken cancel)
    {
        Asked?.Enqueue(nameof(ReadAsync));
        BeforeRead?.Invoke();
        lock (_gate)
            return new([.. Decoded(chain, (int)first - 1, (int)Math.Min(last - first + 1, int.MaxValue))]);
    }

    public ValueTask<IReadOnlyList<string>> ListAccountsAsync(
        int project, string after, int limit, CancellationToken cancel)
    {
        Asked?.Enqueue(nameof(ListAccountsAsync));
        lock (_gate)
            return new([.. _accounts
                .Where(one => one.Project == project && string.CompareOrdinal(one.AccountId, after) > 0)
                .Take(limit).Select(one => one.AccountId)]);
    }

    public ValueTask<IReadOnlyList<ThingNumber>> ListRecordsAsync(
        ChainKey chain, RecordKind kind, ThingNumber before, int limit, CancellationToken cancel)
    {
        Asked?.Enqueue(nameof(ListRecordsAsync));
        lock (_gate)
            return new([.. (Find(chain)?.Records.Keys ?? Enumerable.Empty<RecordKey>())
                .Where(key => key.Kind == kind && key.Number < before)
                .Select(key => key.Number).OrderDescending().Take(limit)]);
    }

    public async ValueTask<IHeldChains> HoldAsync(
        IReadOnlyList<KnownChain> chains, bool isBrief, CancellationToken cancel)
    {
        foreach (var (chain, _) in chains) await _locks.GetOrAdd(chain, _ => new(1)).WaitAsync(cancel);
        var states = new List<ChainState?>();
        foreach (var (chain, _) in chains) states.Add(await LoadAsync(chain, cancel));
        return new Held(this, [.. chains.Select(chain => chain.Key)], states);
    }

    /// <summary>Keeps nothing for reports: adds up the journal itself.</summary>
    public ValueTask<Rollup> SumAsync(RollupQuery query, CancellationToken cancel)
    {
        Asked?.Enqueue(nameof(SumAsync));
        lock (_gate)
        {
            var sum = new Rollup();
            foreach (var chain in _chains.Keys)
            {
                if (query.Chain.IsProject ? chain.Project != query.Chain.Project : chain != query.Chain) continue;
                var entries = Decoded(chain).Select(one => one.Entry).ToList();
                foreach (var entry in entries)
                    sum.Add(entry, charge => Subject.Of(entries[(int)charge.Sequence - 1]));
            }
            var asked = new Rollup();
            asked.Add(sum, query.Pick);
            return new(asked);
        }
    }

    public ValueTask<TrailStep> TrailAsync(CancellationToken cancel) => new(TrailStep.None);

    public async ValueTask<Seal?> SealAsync(int project, Instant at, CancellationToken cancel)
    {
        var seal = Seal(project, at);
        if (AfterSeal is { } hook) await hook();
        return seal;
    }

    private Seal? Seal(int project, Instant at)
    {
        lock (_gate)
        {
            var changed = _chains.Where(
                chain => chain.Key.Project == project && chain.Value.Sealed < chain.Value.Entries.Count)
                .OrderBy(chain => chain.Key).ToList();
            foreach (var (_, chain) in changed) chain.Sealed = chain.Entries.Count;
            if (!_seals.TryGetValue(project, out var seals)) _seals[project] = seals = [];
            var seal = changed.Count == 0
                ? Engine.Ports.Seal.Unchanged(seals.LastOrDefault(), at) : Engine.Ports.Seal.After(
                seals.LastOrDefault(), project, at,
                SealedHeads.Of(project, [.. changed.Select(chain =>
                    new SealedHead(chain.Key, chain.Value.Sealed, chain.Value.Entries[^1].Hash))]));
            if (seal is not null) seals.Add(seal);
            return seal;
        }
    }

    public ValueTask<Seal?> LastSealAsync(int project, CancellationToken cancel)
    {
        lock (_gate) return new(_seals.GetValueOrDefault(project)?.LastOrDefault());
    }

    public ValueTask<IReadOnlyList<SealSummary>> ListSealsAsync(
        int project, long before, int limit, CancellationToken cancel)
    {
        lock (_gate)
            return new([.. (_seals.GetValueOrDefault(project) ?? []).Where(seal => seal.Number < before).Reverse()
                .Take(limit)
                .Select(seal => new SealSummary(seal.Number, seal.At, seal.Heads.Count, seal.Root, seal.Hash))]);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool HasMoved(ChainChange change) =>
        (Find(change.Key)?.Entries.Count ?? 0) != change.SequenceBefore
        || change.KeysAbsent.Any(key => Find(change.Key)?.Keys.ContainsKey(key) == true);

    private Chain? Find(ChainKey key) => _chains.GetValueOrDefault(key);

    private IEnumerable<SealedEntry> Decoded(ChainKey chain, int from = 0, int count = int.MaxValue) =>
        Find(chain)?.Entries.Skip(from).Take(count)
            .Select(one => new SealedEntry(EntryCodec.Decode(one.Bytes), one.Bytes, one.Hash, one.Text)) ?? [];

    /// <summary>Keeps out others that hold; who commits without holding is not kept out.</summary>
    private sealed class Held(MemoryStore store, IReadOnlyList<ChainKey> chains, IReadOnlyList<ChainState?> states)
        : IHeldChains
    {
        public IReadOnlyList<ChainState?> States => states;

        public ValueTask<ImmutableArray<ChainKey>> CommitAsync(
            IReadOnlyList<ChainChange> batch, CancellationToken cancel) => store.CommitAsync(batch, cancel);

        public ValueTask DisposeAsync()
        {
            foreach (var chain in chains) store._locks[chain].Release();
            return default;
        }
    }

    private sealed class Chain
    {
        public List<(byte[] Bytes, byte[] Hash, EntryText? Text)> Entries { get; } = [];
        public Dictionary<string, long> Keys { get; } = new(StringComparer.Ordinal);
        public Dictionary<RecordKey, SortedList<long, byte[]>> Records { get; } = [];
        public List<byte[]> Checkpoints { get; } = [];
        public byte[]? State { get; set; }
        public int Sealed { get; set; }

        /// <param name="before">The epoch that begins after the form asked for.</param>
        public ChainRecord? Record(RecordKey key, long before) =>
            Records.TryGetValue(key, out var forms)
                && forms.LastOrDefault(form => form.Key < before).Value is { } bytes
                    ? AccountStateCodec.DecodeRecord(key.Kind, bytes)
                    : null;
    }
}
