using Tallystick.Core;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite;

/// <summary>
/// The one connection that writes. Called by one thread at a time (the store's write lock). A fault before COMMIT, or
/// a disk that is full or read-only at COMMIT, leaves nothing behind and may be tried again; after any other error of
/// COMMIT the disk's content is unknown, and this writer refuses everything from then on.
/// </summary>
internal sealed class Writer(SqliteStoreOptions options) : IDisposable
{
    private SqliteConnection? _connection;
    private readonly Dictionary<string, SqliteStatement> _statements = [];
    private StoreBrokenException? _broken;

    public int WalPages => _connection?.WalPages ?? 0;

    /// <summary>Opens the connection if it is not; throws what SQLite says.</summary>
    public SqliteConnection Connection => _connection ??= StorePragmas.OpenWriter(options.Database);

    /// <summary>A statement of the present connection, prepared once.</summary>
    public SqliteStatement Statement(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements.Add(sql, statement = Connection.Prepare(sql));
        return statement;
    }

    /// <summary>Runs the work in one transaction; it is on the disk when this returns.</summary>
    public void Transact(Action work, string? faultPoint = null)
    {
        if (_broken is not null) throw new StoreBrokenException(_broken.Message, _broken);
        try
        {
            if (options.MaxPages is { } pages) Connection.Execute($"PRAGMA max_page_count={pages()}");
            Statement("BEGIN IMMEDIATE").Run();
            work();
            if (faultPoint is not null) options.FaultPoint?.Invoke(faultPoint);
        }
        catch (SqliteException failure)
        {
            GiveUp(failure);
            throw Translate(failure);
        }
        catch (StoreRefusedException failure)
        {
            // A connection that had to be opened anew and is not durable; it may be another time.
            throw new StoreUnavailableException(failure.Message, failure);
        }
        catch
        {
            GiveUp(null);
            throw;
        }
        Commit();
    }

    /// <summary>Moves the log into the file; true if all of it was moved.</summary>
    public (int FramesInLog, int FramesDone) Checkpoint()
    {
        if (_broken is not null) return (0, 0);
        try
        {
            return Connection.Checkpoint();
        }
        catch (SqliteException failure) when (!failure.IsFailedFlush && !failure.IsDamage)
        {
            // A full disk, most likely. The log still has everything.
            Drop();
            throw Translate(failure);
        }
        catch (SqliteException failure)
        {
            throw Break(failure);
        }
    }

    /// <summary>
    /// Moves the log into the file and empties it, unless somebody is reading from it: then what it has had is
    /// overwritten as it fills again, or when it is emptied at the end.
    /// </summary>
    public void Truncate()
    {
        if (_broken is not null) return;
        try
        {
            Connection.TryTruncate();
        }
        catch (SqliteException failure) when (!failure.IsFailedFlush && !failure.IsDamage)
        {
            Drop();
        }
        catch (SqliteException failure)
        {
            throw Break(failure);
        }
    }

    public void Dispose()
    {
        try
        {
            if (_broken is null) _connection?.CheckpointAndTruncate();
        }
        catch (SqliteException)
        {
            // The log stays and is read at the next start.
        }
        Drop();
    }

    /// <summary>Closes without a checkpoint.</summary>
    public void Drop()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _statements.Clear();
        _connection?.Dispose();
        _connection = null;
    }

    private void Commit()
    {
        try
        {
            Statement("COMMIT").Run();
        }
        catch (SqliteException failure)
        {
            Drop();
            // The frame that makes a transaction valid is the last one written: if it was not taken, for there was no
            // room or the file system is read-only, the transaction is not in the log. What fails after that, the
            // flush, has a code of its own.
            if (failure.Class is SqliteException.Full or SqliteException.Busy || failure.IsRefusedWrite)
                throw Translate(failure);
            throw Break(failure);
        }
    }

    private void GiveUp(SqliteException? failure)
    {
        try
        {
            if (_connection is { InTransaction: true }) _connection.Execute("ROLLBACK");
            // A connection that was opened while the file system was read-only stays so.
            if (failure is { Class: SqliteException.IoError or SqliteException.Full or SqliteException.ReadOnly })
                Drop();
        }
        catch (SqliteException)
        {
            Drop();
        }
    }

    private Exception Translate(SqliteException failure) => failure switch
    {
        { IsDamage: true } or { IsFailedFlush: true } => Break(failure),
        { Class: SqliteException.Constraint } =>
            new InvariantBrokenException($"the store holds what the batch would add: {failure.Message}", failure),
        { Class: SqliteException.Full } => new StoreUnavailableException("the disk is full", failure),
        { IsRefusedWrite: true } or { Class: SqliteException.ReadOnly } =>
            new StoreUnavailableException("the file system is read-only", failure),
        _ => new StoreUnavailableException($"nothing was stored: {failure.Message}", failure),
    };

    private StoreBrokenException Break(SqliteException failure)
    {
        Drop();
        return _broken = new StoreBrokenException($"what is on the disk is unknown: {failure.Message}", failure);
    }
}
