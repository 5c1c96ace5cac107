using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite;

/// <summary>A read-only connection with its statements. Used by one thread at a time.</summary>
internal sealed class SqliteReader : IDisposable
{
    public const string JournalSql = """
        SELECT j.position, j.project, j.number, j.sequence, j.bytes, j.hash, t.salt, t.content
        FROM journal j LEFT JOIN entry_text t ON t.position = j.position
        """;

    private readonly SqliteStatement _block;
    private readonly SqliteStatement _entry;

    public SqliteReader(string path)
    {
        Connection = StorePragmas.OpenReader(path);
        _block = Connection.Prepare("SELECT bytes FROM run_block WHERE id = ?");
        _entry = Connection.Prepare($"{JournalSql} WHERE j.position = ?");
    }

    public SqliteConnection Connection { get; }

    public byte[]? Block(long id)
    {
        _block.Bind(1, id);
        var bytes = _block.Step() ? _block.Blob(0) : null;
        _block.Reset();
        return bytes;
    }

    public RawEntry? Entry(long position)
    {
        _entry.Bind(1, position);
        RawEntry? row = _entry.Step() ? ReadRow(_entry) : null;
        _entry.Reset();
        return row;
    }

    public IEnumerable<RawEntry> Journal(long afterPosition, long lastPosition = long.MaxValue)
    {
        using var rows = Connection.Prepare(
            $"{JournalSql} WHERE j.position > ? AND j.position <= ? ORDER BY j.position");
        rows.Bind(1, afterPosition);
        rows.Bind(2, lastPosition);
        while (rows.Step()) yield return ReadRow(rows);
    }

    /// <summary>The entries of some chains in the order of their commit.</summary>
    public IEnumerable<RawEntry> Journal(ChainRange chains)
    {
        using var rows = Connection.Prepare($"{JournalSql} WHERE j.number BETWEEN ? AND ? ORDER BY j.position");
        rows.Bind(1, chains.First);
        rows.Bind(2, chains.Last);
        while (rows.Step()) yield return ReadRow(rows);
    }

    public void Dispose()
    {
        _block.Dispose();
        _entry.Dispose();
        Connection.Dispose();
    }

    private static RawEntry ReadRow(SqliteStatement row) => new(
        row.Int(0), new((int)row.Int(1), row.Int(2)), row.Int(3), row.Blob(4), row.Blob(5),
        row.IsNull(6) ? null : new EntryText(Immutable(row.Blob(6)), Immutable(row.Blob(7))));

    private static ImmutableArray<byte> Immutable(byte[] bytes) => ImmutableCollectionsMarshal.AsImmutableArray(bytes);
}

/// <summary>Keeps a few idle readers. Any thread.</summary>
internal sealed class ReaderPool(string path) : IDisposable
{
    private const int IdleMax = 8;

    private readonly ConcurrentBag<SqliteReader> _idle = [];
    private long _reads;
    private volatile bool _closed;

    /// <summary>Blocks and rows read so far; a look-up that memory can answer leaves it as it is.</summary>
    public long Reads => Volatile.Read(ref _reads);

    public SqliteReader Rent() => _idle.TryTake(out var reader) ? reader : new(path);

    public void Return(SqliteReader reader)
    {
        if (_closed || _idle.Count >= IdleMax) reader.Dispose();
        else _idle.Add(reader);
    }

    public void NoteRead() => Interlocked.Increment(ref _reads);

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var reader)) reader.Dispose();
    }
}

/// <summary>
/// Borrows a reader for one look-up, and only once something must be read. A failed reader is not used again.
/// </summary>
internal sealed class ReadSession(ReaderPool pool) : IDisposable
{
    private SqliteReader? _reader;

    public byte[]? Block(long id) => Read(reader => reader.Block(id));
    public RawEntry? Entry(long position) => Read(reader => reader.Entry(position));

    public T Read<T>(Func<SqliteReader, T> read)
    {
        pool.NoteRead();
        try
        {
            return read(_reader ??= pool.Rent());
        }
        catch (SqliteException failure)
        {
            _reader?.Dispose();
            _reader = null;
            throw SqliteFaults.OfRead(failure);
        }
    }

    public void Dispose()
    {
        if (_reader is not null) pool.Return(_reader);
        _reader = null;
    }
}
