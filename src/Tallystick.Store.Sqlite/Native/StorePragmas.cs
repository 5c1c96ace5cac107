namespace Tallystick.Store.Sqlite.Native;

/// <summary>Opens connections the way the store needs them.</summary>
internal static class StorePragmas
{
    private const string SynchronousFull = "2";
    private const int WriterCacheKiB = 16 * 1024;
    private const int ReaderCacheKiB = 2 * 1024;

    // What a long reader has let the log grow to is given back once it can start anew.
    private const int WalFileBytesKept = 64 << 20;

    /// <summary>
    /// The one connection that writes and the only one that checkpoints: SQLite before 3.51.3 can lose a log that two
    /// connections reset at once (sqlite.org/wal.html#walresetbug). A commit is on the disk when it returns.
    /// </summary>
    public static SqliteConnection OpenWriter(string path)
    {
        var connection = new SqliteConnection(path, Access.Write);
        try
        {
            connection.Require("journal_mode", "wal");
            connection.Require("synchronous", SynchronousFull);
            connection.Require("wal_autocheckpoint", 0);
            connection.Execute($"PRAGMA mmap_size=0; PRAGMA cache_size=-{WriterCacheKiB}");
            connection.Execute($"PRAGMA journal_size_limit={WalFileBytesKept}");
            connection.WatchWal();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static SqliteConnection OpenReader(string path)
    {
        var connection = new SqliteConnection(path, Access.Read);
        try
        {
            connection.Require("query_only", 1);
            connection.Require("wal_autocheckpoint", 0);
            connection.Execute($"PRAGMA mmap_size=0; PRAGMA cache_size=-{ReaderCacheKiB}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
