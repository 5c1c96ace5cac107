using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// What an index holds, as a number. One that an earlier program has made holds less: it is forgotten, and the start
/// makes it anew from the journal, a run at a time, so that a start that is cut short goes on where it was.
/// </summary>
internal static class IndexForm
{
    /// <summary>
    /// 2: with what entries add to reports. 3: an account's by axis, where a day of it is much.
    /// </summary>
    public const long Present = 3;
    private const string Name = "index";

    /// <exception cref="StoreRefusedException">A later program has made it.</exception>
    public static void Apply(Writer writer)
    {
        var stored = writer.Connection.ScalarInt($"SELECT CAST(value AS INTEGER) FROM meta WHERE name = '{Name}'");
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
}
