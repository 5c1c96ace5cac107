using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// What an index holds, as a number. One that an earlier program has made holds less: it is forgotten, and the start
/// makes it anew from the journal, a run at a time, so that a start that is cut short goes on where it was.
/// </summary>
internal static class IndexForm
{
    /// <summary>
    /// 2: with what entries add to reports. 3: an account's by axis, where a day of it is much. 4: texts by a hash of
    /// the store's own.
    /// </summary>
    public const long Present = 4;
    private const string Name = "index";

    /// <summary>Whether the index is what this program makes; another one is none that it can read.</summary>
    public static bool IsPresent(SqliteConnection connection) => Stored(connection) == Present;

    /// <exception cref="StoreRefusedException">A later program has made it.</exception>
    public static void Apply(Writer writer)
    {
        var stored = Stored(writer.Connection);
        if (stored == Present) return;
        if (stored > Present)
            throw new StoreRefusedException($"the store's index is newer than this program: it has form {stored}");
        writer.Transact(() =>
        {
            writer.Statement("DELETE FROM run").Run();
            var insert = writer.Statement("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)");
            insert.Bind(1, Name);
            insert.Bind(2, $"{Present}");
            insert.Run();
        });
    }

    private static long? Stored(SqliteConnection connection) =>
        connection.ScalarInt($"SELECT CAST(value AS INTEGER) FROM meta WHERE name = '{Name}'");
}
