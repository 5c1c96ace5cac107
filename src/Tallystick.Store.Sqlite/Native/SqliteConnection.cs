using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tallystick.Engine.Ports;
using static Tallystick.Store.Sqlite.Native.Sqlite3;

namespace Tallystick.Store.Sqlite.Native;

internal enum Access { Write, Read }

/// <summary>
/// One connection; used by one thread at a time. Statements made from it are disposed before it or with it.
/// </summary>
internal sealed unsafe class SqliteConnection : IDisposable
{
    private const int ReadOnly = 0x1;
    private const int ReadWriteCreate = 0x2 | 0x4;
    private const int NoMutex = 0x8000;
    private const int BusyTimeoutMs = 2_000;
    private const int CheckpointPassive = 0;
    private const int CheckpointTruncate = 3;
    private const int LastErrno = 4, JournalPointer = 28;

    /// <summary>Of the function in the table of a file's, behind the version and nine others.</summary>
    private const int FileControlSlot = 10;

    private nint _db;
    private int* _walPages;

    public SqliteConnection(string path, Access access)
    {
        var code = sqlite3_open_v2(path, out _db, (access == Access.Read ? ReadOnly : ReadWriteCreate) | NoMutex, 0);
        try
        {
            Check(code);
            Check(sqlite3_extended_result_codes(_db, 1));
            Check(sqlite3_busy_timeout(_db, BusyTimeoutMs));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Pages in the write-ahead log after the last commit of this connection.</summary>
    public int WalPages => _walPages is null ? 0 : *_walPages;
    public bool InTransaction => sqlite3_get_autocommit(_db) == 0;
    public int Changes => sqlite3_changes(_db);

    /// <summary>Counts the pages of the write-ahead log; also takes the place of SQLite's own checkpoints.</summary>
    public void WatchWal()
    {
        _walPages = (int*)NativeMemory.AllocZeroed(sizeof(int));
        sqlite3_wal_hook(_db, &NoteWalPages, _walPages);
    }

    public void Execute(string sql) => Check(sqlite3_exec(_db, sql, 0, 0, 0));

    public SqliteStatement Prepare(string sql)
    {
        const uint persistent = 1;
        Check(sqlite3_prepare_v3(_db, sql, -1, persistent, out var statement, 0));
        return new(this, statement);
    }

    /// <summary>The first column of the first row; null where there is none.</summary>
    public long? ScalarInt(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() && !statement.IsNull(0) ? statement.Int(0) : null;
    }

    public string? ScalarText(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() && !statement.IsNull(0) ? statement.Text(0) : null;
    }

    /// <summary>Sets a pragma and reads it back: SQLite ignores what it does not know or cannot do.</summary>
    public void Require(string pragma, string value)
    {
        Execute($"PRAGMA {pragma}={value}");
        var actual = ScalarText($"PRAGMA {pragma}");
        if (!string.Equals(actual, value, StringComparison.OrdinalIgnoreCase))
            throw new StoreRefusedException($"SQLite keeps {pragma}={actual} where {value} is needed");
    }

    public void Require(string pragma, int value) => Require(pragma, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Moves what it can from the log into the file; never waits for readers.</summary>
    public (int FramesInLog, int FramesDone) Checkpoint() => Checkpoint(CheckpointPassive);

    /// <summary>Moves everything and empties the log; for the end, when nobody reads any more.</summary>
    public void CheckpointAndTruncate() => Checkpoint(CheckpointTruncate);

    /// <summary>The same where nobody reads at the moment; does not wait for anybody.</summary>
    public void TryTruncate()
    {
        Check(sqlite3_busy_timeout(_db, 0));
        Checkpoint(CheckpointTruncate);
        Check(sqlite3_busy_timeout(_db, BusyTimeoutMs));
    }

    private (int FramesInLog, int FramesDone) Checkpoint(int mode)
    {
        var code = sqlite3_wal_checkpoint_v2(_db, 0, mode, out var inLog, out var done);
        if ((code & 0xFF) != SqliteException.Busy) Check(code);
        return (inLog, done);
    }

    public void Check(int code)
    {
        if (code == 0) return;
        var message = _db == 0 ? "out of memory" : Marshal.PtrToStringUTF8(sqlite3_errmsg(_db));
        throw new SqliteException(code, message ?? "unknown error", _db == 0 ? 0 : LogError());
    }

    /// <summary>
    /// The system's error of the write-ahead log's last write that failed. Of a COMMIT sqlite3_system_errno does not
    /// know it; the file itself does (sqlite.org/c3ref/c_fcntl_begin_atomic_write.html, and io_methods.html there).
    /// </summary>
    private int LogError()
    {
        nint file = 0;
        var error = 0;
        if (sqlite3_file_control(_db, 0, JournalPointer, &file) != 0 || file == 0) return 0;
        var methods = *(nint**)file;
        if (methods is null) return 0;
        ((delegate* unmanaged[Cdecl]<nint, int, void*, int>)methods[FileControlSlot])(file, LastErrno, &error);
        return error;
    }

    public void Dispose()
    {
        if (_db != 0) _ = sqlite3_close_v2(_db);
        _db = 0;
        NativeMemory.Free(_walPages);
        _walPages = null;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int NoteWalPages(void* context, nint db, nint schema, int pages)
    {
        *(int*)context = pages;
        return 0;
    }
}
