using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite.Index;
using Tallystick.Store.Sqlite.Migrations;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite;

/// <summary>
/// One snapshot of a store's folder, read-only: a read transaction that lasts until this is disposed. Takes no lock,
/// so it may stand beside a running writer (whose log then grows until the end of it). One thread at a time.
/// </summary>
public sealed class SqliteAudit : IStoreAudit
{
    private readonly SqliteReader _reader;
    private readonly IndexView _runs;
    private readonly BlockCache _blocks;
    private readonly SqliteStatement _account;
    private readonly TextHash _hash;
    private readonly string? _loss;
    private FoundEntries? _found;

    private SqliteAudit(SqliteReader reader, long? noted)
    {
        _reader = reader;
        // Deferred: the snapshot begins with the first row read, which is here.
        reader.Connection.Execute("BEGIN");
        var last = reader.Connection.ScalarInt("SELECT max(position) FROM journal") ?? 0;
        if (Migrator.Compare(reader.Connection) is { } difference) throw new StoreRefusedException(difference);
        _loss = LastNote.FindLoss(noted, last);
        _runs = IndexForm.IsPresent(reader.Connection) ? RunTable.Load(reader) : IndexView.Empty;
        _blocks = new(reader.Block);
        // One that was migrated and never opened has no id yet.
        _hash = last == 0 ? new(new byte[16]) : TextHash.OfStore(reader.Connection);
        _account = reader.Connection.Prepare("SELECT number FROM account WHERE project = ? AND account_id = ?");
    }

    /// <exception cref="StoreRefusedException">There is no store, or its schema is not the present one.</exception>
    /// <exception cref="JournalCorruptException">The index cannot be read at all.</exception>
    public static SqliteAudit Open(string folder)
    {
        var path = Path.Combine(folder, SqliteStoreOptions.FileName);
        if (!File.Exists(path)) throw new StoreRefusedException($"there is no store in {folder}");
        SqliteReader? reader = null;
        try
        {
            // Before the snapshot: a writer beside it goes on.
            var noted = LastNote.Read(folder);
            reader = new(path);
            return new(reader, noted);
        }
        catch (Exception failure)
        {
            reader?.Dispose();
            if (failure is SqliteException)
                throw new StoreRefusedException($"{path} cannot be read: {failure.Message}", failure);
            if (failure is OverflowException)
                throw new JournalCorruptException("an index run has a number that it cannot have", failure);
            throw;
        }
    }

    public IEnumerable<RawEntry> ReadJournal(ChainRange chains)
    {
        _found = Gather(chains);
        foreach (var row in SqliteFaults.Read(_reader.Journal(chains))) yield return row;
    }

    public long CountEntries() =>
        SqliteFaults.Read(() => _reader.Connection.ScalarInt("SELECT count(*) FROM journal")) ?? 0;

    public IEnumerable<RawEntry> ReadChain(ChainKey chain) => SqliteFaults.Read(FindChain(chain));
    public IEnumerable<ChainState> ReadStates(ChainRange chains) => SqliteFaults.Read(FindStates(chains));
    public IEnumerable<(ChainKey Chain, ChainRecord Record, long Epoch)> ReadRecords(ChainRange chains) =>
        SqliteFaults.Read(FindRecords(chains));

    public IEnumerable<(ChainKey Chain, RollupGrain Grain, Rollup Part)> ReadRollups(ChainRange chains) =>
        from item in SqliteFaults.Read(FindRollups(chains))
        where !item.Chain.IsProject
        select item;

    public IEnumerable<(int Project, RollupGrain Grain, Rollup Part)> ReadProjectRollups() =>
        from item in SqliteFaults.Read(FindRollups(ChainRange.Projects))
        select (item.Chain.Project, item.Grain, item.Part);

    public (bool InAccount, bool InProject) IsRolledUp(in RawEntry row) => (HasTrailed(row), HasTrailed(row));

    public IEnumerable<Seal> ReadSeals() => SqliteFaults.Read(SealTable.All(_reader.Connection));
    public IEnumerable<string> SelfCheck() =>
        SqliteFaults.Read(new SelfChecks(_reader, _runs).Run()).Concat(_loss is null ? [] : [_loss]);

    public Instant? LastSealAt =>
        SqliteFaults.Read(() => _reader.Connection.ScalarInt("SELECT max(at) FROM seal")) is { } at
            ? new Instant(at) : null;

    public bool HasTrailed(in RawEntry row) => row.Position <= _runs.TrailedPosition;

    public bool IsIndexed(in RawEntry row, JournalEntry entry)
    {
        var asked = row;
        return SqliteFaults.Read(() => FindInIndex(asked, entry));
    }

    public void Dispose()
    {
        _account.Dispose();
        _reader.Dispose();
    }

    /// <summary>Null where the index is damaged: the look-up of an entry says which it does not find.</summary>
    private FoundEntries? Gather(ChainRange chains)
    {
        // The one before is not kept beside it.
        _found = null;
        try
        {
            return SqliteFaults.Read(() => new FoundEntries(_runs, chains, _reader.Block));
        }
        catch (JournalCorruptException)
        {
            return null;
        }
    }

    private IEnumerable<RawEntry> FindChain(ChainKey chain)
    {
        foreach (var position in _runs.FindPositions(chain, 1, ThingNumber.SequenceMax, _blocks.Read).Values)
            if (_reader.Entry(position) is { } row) yield return row;
        foreach (var row in _reader.Journal(_runs.TrailedPosition))
            if (row.Chain == chain) yield return row;
    }

    private IEnumerable<ChainState> FindStates(ChainRange chains)
    {
        foreach (var (key, value) in RunMerge.Merge(
            _runs.Runs, chains, tag => tag is ItemTag.State or ItemTag.Checkpoint, _reader.Block))
        {
            var state = AccountStateCodec.Decode(value.Span);
            var own = key.Tag == ItemTag.State
                ? ItemKey.State(state.Key)
                : ItemKey.Checkpoint(state.Key, state.LastAt);
            if (own != key) throw new JournalCorruptException($"a state of {state.Key} is stored under {key}");
            yield return state;
        }
    }

    private IEnumerable<(ChainKey Chain, ChainRecord Record, long Epoch)> FindRecords(ChainRange chains)
    {
        foreach (var (key, value) in RunMerge.Merge(
            _runs.Runs, chains, tag => ItemKey.KindOf(tag) is not null, _reader.Block))
        {
            var record = AccountStateCodec.DecodeRecord(key.Kind!.Value, value.Span);
            if (record.Number != key.Thing)
                throw new JournalCorruptException($"record {record.Number} of {key.Chain} is stored under {key}");
            yield return (key.Chain, record, (long)key.Version);
        }
    }

    private IEnumerable<(ChainKey Chain, RollupGrain Grain, Rollup Part)> FindRollups(ChainRange chains)
    {
        foreach (var (key, value) in RunMerge.Each(_runs.Runs, chains, tag => tag == ItemTag.Rollup, _reader.Block))
        {
            var part = Rollup.Decode(value.Span);
            var grain = RollupId.GrainOf(key.Id);
            yield return (key.Chain, grain ?? RollupGrain.Slot, part);
            if (grain is null) yield return (key.Chain, RollupGrain.Day, part.ByDay());
        }
    }

    private bool FindInIndex(in RawEntry row, JournalEntry entry)
    {
        if (entry.Body is EntryBody.AccountOpened opened && !IsListed(row.Chain, opened.AccountId)) return false;
        if (!HasTrailed(row)) return true;
        var located = new Located(row.Sequence, row.Position);
        return IsFound(row.Chain, entry, located) || IsLookedUp(row, entry, located);
    }

    private bool IsFound(ChainKey chain, JournalEntry entry, in Located located)
    {
        if (_found?.Covers(chain) != true || !_found.Has(located, ItemKey.Entry(chain, located.Sequence))) return false;
        if (entry.Origin?.Key is { } key)
        {
            var item = ItemKey.Key(chain, _hash.Of(key));
            if (!_found.Has(located, item) || !_runs.MayContain(item)) return false;
        }
        return entry.Body.Reference is not { } reference
            || _found.Has(located, ItemKey.Reference(chain, _hash.Of(reference), located.Sequence));
    }

    /// <summary>As any reader would look; so whatever is said to be missing is.</summary>
    private bool IsLookedUp(in RawEntry row, JournalEntry entry, in Located located)
    {
        return _runs.FindPosition(row.Chain, row.Sequence, _blocks.Read) == row.Position
            && (entry.Origin?.Key is not { } key || HasKey(row.Chain, key, located))
            && (entry.Body.Reference is not { } reference || HasReference(row.Chain, reference, located));
    }

    private bool HasKey(ChainKey chain, string key, Located entry) =>
        _runs.FindKey(ItemKey.Key(chain, _hash.Of(key)), _blocks.Read).Contains(entry);

    private bool HasReference(ChainKey chain, string reference, Located entry)
    {
        var hash = _hash.Of(reference);
        return _runs.FindReferences(chain, hash, entry.Sequence + 1, 1, _blocks.Read).Contains(entry);
    }

    private bool IsListed(ChainKey chain, string accountId)
    {
        _account.Bind(1, chain.Project);
        _account.Bind(2, accountId);
        var isListed = _account.Step() && _account.Int(0) == chain.Number;
        _account.Reset();
        return isListed;
    }

    /// <summary>Keeps blocks, since an audit asks for the entries of many chains in turn.</summary>
    private sealed class BlockCache(BlockSource source)
    {
        private const int BlocksMax = 8_192; // some 64 MiB

        private readonly Dictionary<long, byte[]> _blocks = [];

        public byte[]? Read(long id)
        {
            if (_blocks.TryGetValue(id, out var block)) return block;
            if (source(id) is not { } read) return null;
            if (_blocks.Count >= BlocksMax) _blocks.Clear();
            return _blocks[id] = read;
        }
    }
}
