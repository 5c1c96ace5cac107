using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite.Index;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite;

/// <summary>
/// The embedded store: one file, one writer. A commit appends journal rows and nothing else; what finds them again is
/// held in memory and written behind the commits as sorted runs (see Migrations/0001-journal/notes.md).
/// Commit, trail and seal may be called from any thread and take turns at the write lock; a commit blocks its caller
/// while the disk flushes. Everything else reads and may be called at any time.
/// </summary>
public sealed partial class SqliteLedgerStore : ILedgerStore
{
    private const string InsertEntry =
        "INSERT INTO journal (position, project, number, sequence, bytes, hash) VALUES (?, ?, ?, ?, ?, ?)";
    private const string InsertText = "INSERT INTO entry_text (position, salt, content) VALUES (?, ?, ?)";
    private const string DeleteText = "DELETE FROM entry_text WHERE position = ?";
    private const string InsertAccount = "INSERT INTO account (project, account_id, number) VALUES (?, ?, ?)";
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(1);

    private readonly SqliteStoreOptions _options;
    private readonly FolderLock _folderLock;
    private readonly Writer _writer;
    private readonly ReaderPool _readers;
    private readonly LedgerIndex _index;
    private readonly Trailer _trailer;
    private readonly SealKeeper _seals;
    private readonly LastNote _note;
    private readonly SequenceCache _sequences = new();
    private readonly Lock _writing = new();
    private readonly SemaphoreSlim _sealing = new(1);
    private long _lastPosition;
    private bool _disposed;

    private SqliteLedgerStore(SqliteStoreOptions options, Opened opened)
    {
        _options = options;
        (_folderLock, _writer, _readers, _index) = (opened.FolderLock, opened.Writer, opened.Readers, opened.Index);
        (_seals, _lastPosition, _note) = (opened.Seals, opened.LastPosition, new(options.Folder));
        _trailer = new(options, _writer, _readers, _index, opened.HashText, opened.NextRunId);
        Description = $"SQLite {Sqlite3.Version}, WAL, synchronous=FULL";
    }

    public bool IsShared => false;
    public string Description { get; }

    public bool IsBehind =>
        _index.TailEntries >= 2L * _options.FlushEntries || _index.TailBytes >= 2 * _options.FlushBytes;

    public long Lag => _index.TailEntries;

    /// <summary>Blocks and rows that look-ups have read.</summary>
    internal long Reads => _readers.Reads;
    internal IndexView Runs => _index.View;

    public ValueTask<ImmutableArray<ChainKey>> CommitAsync(IReadOnlyList<ChainChange> batch, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var moved = FindMoved(batch);
            if (!moved.IsEmpty) return new(moved);
            var first = _lastPosition + 1;
            var next = first;
            _writer.Transact(() => next = Append(batch, first), "before-commit");
            _options.FaultPoint?.Invoke("after-commit-before-tail");
            _note.Write(_lastPosition = next - 1);
            _index.Add(batch, first);
            _sequences.NoteCommit(batch);
            _seals.NoteCommit(batch);
            if (Erases(batch)) _writer.Truncate();
        }
        return new([]);
    }

    public ValueTask ProbeAsync(CancellationToken cancel)
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            // Sets what is set already: a page goes through the log, and the log through a flush.
            _writer.Transact(() => _writer.Connection.Execute("PRAGMA user_version=0"));
        }
        return default;
    }

    public ValueTask<TrailStep> TrailAsync(CancellationToken cancel)
    {
        lock (_writing)
        {
            if (_disposed) return new(TrailStep.None);
            if (_trailer.Step()) return new(TrailStep.Done);
            return new(_trailer.IsIdle ? TrailStep.None : TrailStep.Later);
        }
    }

    public async ValueTask<Seal?> SealAsync(int project, Instant at, CancellationToken cancel)
    {
        await _sealing.WaitAsync(cancel);
        try
        {
            using var session = new ReadSession(_readers);
            var last = session.Read(reader => SealTable.Last(reader.Connection, project));
            session.Read(reader =>
            {
                _seals.Complete(project, last?.Position ?? 0, reader.Connection);
                return true;
            });
            return WriteSeal(project, at, last?.Seal);
        }
        finally
        {
            _sealing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_writing)
        {
            if (_disposed) return;
            _disposed = true;
        }
        try
        {
            await _trailer.StopMergesAsync();
            await FlushAsync();
        }
        catch (Exception fault) when (fault is StoreUnavailableException or StoreBrokenException)
        {
            // The journal has everything; the next start reads more of it.
        }
        _readers.Dispose();
        _writer.Dispose();
        _note.Dispose();
        _folderLock.Dispose();
        _sealing.Dispose();
    }

    /// <summary>Writes all that trails, however little it is.</summary>
    internal async Task FlushAsync()
    {
        while (true)
        {
            Task ready;
            lock (_writing)
            {
                if (!_trailer.IsFlushing && !_trailer.StartFlush()) return;
                if (_trailer.Step()) continue;
                ready = _trailer.WaitAsync();
            }
            await Task.WhenAny(ready, Task.Delay(IdleWait));
        }
    }

    private Seal? WriteSeal(int project, Instant at, Seal? previous)
    {
        Dictionary<ChainKey, ChainHead> changed;
        long position;
        lock (_writing) (changed, position) = (_seals.Take(project), _lastPosition);
        try
        {
            var seal = changed.Count == 0 ? Seal.Unchanged(previous, at)
                : SealTable.Make(project, at, previous, changed);
            if (seal is null) return null;
            lock (_writing) _writer.Transact(() => SealTable.Insert(_writer, seal, position));
            return seal;
        }
        catch
        {
            _seals.PutBack(project, changed);
            throw;
        }
    }

    private ImmutableArray<ChainKey> FindMoved(IReadOnlyList<ChainChange> batch)
    {
        ImmutableArray<ChainKey>.Builder? moved = null;
        for (var i = 0; i < batch.Count; i++)
        {
            var (chain, before) = (batch[i].Key, batch[i].SequenceBefore);
            var sequence = _sequences.Find(chain) ?? _index.LoadState(chain)?.Sequence ?? 0;
            if (sequence != before) (moved ??= ImmutableArray.CreateBuilder<ChainKey>()).Add(chain);
        }
        return moved?.ToImmutable() ?? [];
    }

    private static bool Erases(IReadOnlyList<ChainChange> batch)
    {
        for (var i = 0; i < batch.Count; i++)
            if (batch[i].ErasesBefore > 0) return true;
        return false;
    }

    /// <summary>Appends the rows of a batch; the position after the last.</summary>
    private long Append(IReadOnlyList<ChainChange> batch, long position)
    {
        var insert = _writer.Statement(InsertEntry);
        for (var i = 0; i < batch.Count; i++)
        {
            var (change, entries, erased) = (batch[i], batch[i].Entries, batch[i].ErasesBefore);
            if (erased > 0) EraseTexts(change);
            for (var j = 0; j < entries.Count; j++)
            {
                var entry = entries[j];
                insert.Bind(1, position);
                insert.Bind(2, change.Key.Project);
                insert.Bind(3, change.Key.Number);
                insert.Bind(4, entry.Entry.Sequence);
                insert.Bind(5, entry.Bytes);
                insert.Bind(6, entry.Hash);
                insert.Run();
                if (entry.Text is not null && entry.Entry.Sequence > erased) AppendText(position, entry.Text);
                if (entry.Entry.Body is EntryBody.AccountOpened opened) AppendAccount(change.Key, opened.AccountId);
                position++;
            }
        }
        return position;
    }

    private void AppendText(long position, EntryText text)
    {
        var insert = _writer.Statement(InsertText);
        insert.Bind(1, position);
        insert.Bind(2, text.Salt.AsSpan());
        insert.Bind(3, text.Content.AsSpan());
        insert.Run();
    }

    /// <summary>What is deleted is overwritten in the file as well.</summary>
    private void EraseTexts(ChainChange change)
    {
        _writer.Connection.Execute("PRAGMA secure_delete=ON");
        var delete = _writer.Statement(DeleteText);
        foreach (var position in _index.PositionsOf(change.Key, change.SequenceBefore))
        {
            delete.Bind(1, position);
            delete.Run();
        }
        _writer.Connection.Execute("PRAGMA secure_delete=OFF");
    }

    private void AppendAccount(ChainKey chain, string accountId)
    {
        var insert = _writer.Statement(InsertAccount);
        insert.Bind(1, chain.Project);
        insert.Bind(2, accountId);
        insert.Bind(3, chain.Number);
        insert.Run();
    }
}
