using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite;

/// <summary>
/// Copies a store into one file, beside a running writer too: one snapshot with everything that was acknowledged when
/// it began. The file is a store by itself: put it into an empty folder as tally.db.
/// </summary>
public static class SqliteBackup
{
    /// <exception cref="StoreRefusedException">There is no store, or the target exists.</exception>
    public static void Write(string folder, string target)
    {
        var source = Path.Combine(folder, SqliteStoreOptions.FileName);
        if (!File.Exists(source)) throw new StoreRefusedException($"there is no store in {folder}");
        if (File.Exists(target)) throw new StoreRefusedException($"{target} exists");
        var partial = target + ".partial";
        File.Delete(partial);
        try
        {
            // Not query_only: that would hold for the new file as well.
            using (var connection = new SqliteConnection(source, Access.Read))
            using (var vacuum = connection.Prepare("VACUUM INTO ?"))
            {
                vacuum.Bind(1, partial);
                vacuum.Run();
            }
            using (var file = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite))
                file.Flush(flushToDisk: true);
            File.Move(partial, target);
        }
        catch (SqliteException failure)
        {
            File.Delete(partial);
            throw new StoreRefusedException($"the backup failed: {failure.Message}", failure);
        }
    }
}
