using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// Finds what has been committed, whether it is still in memory or in a run. The writer adds and publishes; anybody
/// looks up. A look-up asks the tails first and the runs after: a tail is dropped only when its run has been published.
/// </summary>
internal sealed class LedgerIndex(ReaderPool readers, IndexView runs, Func<string, ulong> hashText)
{
    private readonly Lock _lock = new();
    private Tail _current = new(hashText);
    private Tail? _flushing;
    private Tail? _spare;
    private volatile IndexView _view = runs;

    public IndexView View => _view;
    public int TailEntries { get { lock (_lock) return _current.Entries + (_flushing?.Entries ?? 0); } }
    public long TailBytes { get { lock (_lock) return _current.Bytes + (_flushing?.Bytes ?? 0); } }
    public int CurrentEntries { get { lock (_lock) return _current.Entries; } }
    public long CurrentBytes { get { lock (_lock) return _current.Bytes; } }

    public void Add(IReadOnlyList<ChainChange> batch, long firstPosition)
    {
        lock (_lock)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                var change = batch[i];
                _current.Add(change.State, change.Entries, change.Records, firstPosition);
                firstPosition += change.Entries.Count;
            }
        }
    }

    /// <summary>At the start, one entry of the journal that no run covers.</summary>
    public void Add(SealedEntry entry, FoldResult folded, long position) =>
        _current.Add(folded.State, [entry], folded.Records, position);

    /// <summary>Closes the present tail, to be flushed, and starts another.</summary>
    public Tail Rotate()
    {
        lock (_lock)
        {
            _flushing = _current;
            (_current, _spare) = (_spare ?? new(hashText), null);
            return _flushing;
        }
    }

    public void Publish(Run run, IReadOnlyCollection<Run> dropped, bool isFlush)
    {
        _view = _view.With(run, dropped);
        if (!isFlush) return;
        Tail flushed;
        lock (_lock) (flushed, _flushing) = (_flushing!, null);
        flushed.Clear();
        lock (_lock) _spare = flushed;
    }

    public ChainState? LoadState(ChainKey chain) =>
        FromTails(tail => tail.FindState(chain))
        ?? Search((view, session) => view.Find(ItemKey.State(chain), session.Block) is { } bytes
            ? AccountStateCodec.Decode(bytes.Span) : null);

    public ChainState? LoadCheckpoint(ChainKey chain, Instant at) =>
        FromTails(tail => tail.Find(chain)?.CheckpointAt(at))
        ?? Search((view, session) => view.FindCheckpoint(chain, at, session.Block) is { } bytes
            ? AccountStateCodec.Decode(bytes.Span) : null);

    /// <param name="before">The epoch that begins after the form asked for.</param>
    public ChainRecord? LoadRecord(ChainKey chain, RecordKey record, long before = long.MaxValue) =>
        before == 0 ? null
        : FromTails(tail => tail.Find(chain)?.FindRecord(record, before))
        ?? Search((view, session) =>
            view.FindVersion(ItemKey.Record(chain, record, before - 1), session.Block) is { } bytes
                ? AccountStateCodec.DecodeRecord(record.Kind, bytes.Span) : null);

    /// <summary>Reads nothing for a key that is new, or one and a half blocks in a hundred times.</summary>
    public long? FindKey(ChainKey chain, string key)
    {
        var hash = hashText(key);
        List<Located>? recent = null;
        lock (_lock)
        {
            _flushing?.Keys.Find(chain, hash, ref recent);
            _current.Keys.Find(chain, hash, ref recent);
        }
        var item = ItemKey.Key(chain, hash);
        return recent is null && !_view.MayContain(item) ? null : FindKey(chain, key, item, recent ?? []);
    }

    public List<long> FindReference(ChainKey chain, string reference, long before, int limit)
    {
        var found = new SortedSet<long>();
        lock (_lock)
        {
            foreach (var tail in new[] { _current, _flushing })
                found.UnionWith(tail?.FindReference(chain, reference).Select(entry => entry.Sequence)
                    .Where(sequence => sequence < before) ?? []);
        }
        var hash = hashText(reference);
        found.UnionWith(Search(
            (view, session) => FindReference(view, session, (chain, reference, hash), before, limit)));
        return [.. found.Reverse().Take(limit)];
    }

    public List<ThingNumber> ListRecords(ChainKey chain, RecordKind kind, ThingNumber before, int limit)
    {
        var found = new SortedSet<ThingNumber>();
        lock (_lock)
        {
            foreach (var tail in new[] { _current, _flushing })
                found.UnionWith(tail?.Find(chain)?.Records?.Keys
                    .Where(form => form.Record.Kind == kind && form.Record.Number < before)
                    .Select(form => form.Record.Number) ?? []);
        }
        found.UnionWith(Search(
            (view, session) => view.FindRecords(chain, kind, before, limit, session.Block).ToList()));
        return [.. found.Reverse().Take(limit)];
    }

    public List<SealedEntry> ReadEntries(ChainKey chain, long first, long last) => Locate(
        chain, first, last,
        (session, places) => places.Select(at => Entry(session, chain, new(at.Key, at.Value))).ToList());

    /// <summary>Where the entries of a chain are, up to one.</summary>
    public List<long> PositionsOf(ChainKey chain, long last) =>
        Locate(chain, 1, last, (_, places) => places.Select(at => at.Value).ToList());

    private long? FindKey(ChainKey chain, string key, ItemKey item, List<Located> recent)
    {
        return Search((view, session) =>
            Claimed(session, recent) ?? Claimed(session, view.FindKey(item, session.Block)));

        long? Claimed(ReadSession session, List<Located> entries)
        {
            foreach (var entry in entries)
                if (Entry(session, chain, entry).Entry.Origin?.Key == key) return entry.Sequence;
            return null;
        }
    }

    private T Locate<T>(
        ChainKey chain, long first, long last,
        Func<ReadSession, IEnumerable<KeyValuePair<long, long>>, T> read)
    {
        var recent = new SortedDictionary<long, long>();
        lock (_lock)
        {
            foreach (var tail in new[] { _flushing, _current })
            {
                if (tail?.Find(chain) is not { } part) continue;
                var end = Math.Min(last, part.FirstSequence + part.Positions.Length - 1);
                for (var sequence = Math.Max(first, part.FirstSequence); sequence <= end; sequence++)
                    recent[sequence] = part.Positions[(int)(sequence - part.FirstSequence)];
            }
        }
        var lastInRuns = recent.Count > 0 ? recent.First().Key - 1 : last;
        return Search((view, session) =>
        {
            var positions = Positions(view, session, chain, first, lastInRuns);
            return read(session, positions.Concat(recent));
        });
    }

    /// <summary>Adds up runs and tails, each entry once.</summary>
    public Rollup Sum(RollupQuery query)
    {
        while (true)
        {
            var sum = new Rollup();
            var view = AddTails(query, sum);
            using var session = new ReadSession(readers);
            try
            {
                view.AddRollups(query, sum, session.Block);
                return sum;
            }
            catch (BlockMissingException missing)
            {
                if (ReferenceEquals(view, _view)) throw new JournalCorruptException(missing.Message, missing);
            }
        }
    }

    /// <returns>The runs that hold everything else.</returns>
    private IndexView AddTails(RollupQuery query, Rollup sum)
    {
        lock (_lock)
        {
            var view = _view;
            foreach (var tail in new[] { _flushing, _current })
            {
                // A run is published before its tail is dropped.
                if (tail is null || (tail == _flushing && tail.LastPosition <= view.TrailedPosition)) continue;
                if (tail.FindRollup(query.Chain) is { } recent) sum.Add(recent, query.Pick);
            }
            return view;
        }
    }

    private static IEnumerable<KeyValuePair<long, long>> Positions(
        IndexView view, ReadSession session, ChainKey chain, long first, long last)
    {
        if (first > last) return [];
        if (first < last) return view.FindPositions(chain, first, last, session.Block);
        return view.FindPosition(chain, first, session.Block) is { } position ? [new(first, position)] : [];
    }

    private static List<long> FindReference(
        IndexView view, ReadSession session, (ChainKey Chain, string Id, ulong Hash) reference, long before, int limit)
    {
        var found = new List<long>();
        // Different ids may share the 24 bits: then a page holds fewer than asked for, and the next one is read.
        while (found.Count < limit && before > 0)
        {
            var page = view.FindReferences(reference.Chain, reference.Hash, before, limit, session.Block);
            foreach (var entry in page)
                if (Entry(session, reference.Chain, entry).Entry.Body.Reference == reference.Id)
                    found.Add(entry.Sequence);
            if (page.Count < limit) break;
            before = page[^1].Sequence;
        }
        return found;
    }

    private static SealedEntry Entry(ReadSession session, ChainKey chain, Located at)
    {
        var row = session.Entry(at.Position);
        if (row is not { } found || found.Chain != chain || found.Sequence != at.Sequence)
            throw new JournalCorruptException($"position {at.Position} is not entry {at.Sequence} of {chain}");
        return new(EntryCodec.Decode(found.Bytes), found.Bytes, found.Hash, found.Text);
    }

    private T? FromTails<T>(Func<Tail, T?> find) where T : class
    {
        lock (_lock) return find(_current) ?? (_flushing is { } flushing ? find(flushing) : null);
    }

    private T Search<T>(Func<IndexView, ReadSession, T> search)
    {
        while (true)
        {
            var view = _view;
            using var session = new ReadSession(readers);
            try
            {
                return search(view, session);
            }
            catch (BlockMissingException missing)
            {
                // A run was merged into another meanwhile. If none was, the block is gone for good.
                if (ReferenceEquals(view, _view)) throw new JournalCorruptException(missing.Message, missing);
            }
        }
    }
}
