using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite.Index;

namespace Tallystick.Store.Sqlite.Native;

/// <summary>What a failed read means to those who know nothing of SQLite.</summary>
internal static class SqliteFaults
{
    public static Exception OfRead(SqliteException failure) => failure.IsDamage
        ? new JournalCorruptException($"the file is damaged: {failure.Message}", failure)
        : new StoreUnavailableException($"a read failed: {failure.Message}", failure);

    public static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SqliteException failure)
        {
            throw OfRead(failure);
        }
        catch (BlockMissingException missing)
        {
            // In a snapshot no run is merged away.
            throw new JournalCorruptException(missing.Message, missing);
        }
    }

    /// <summary>The same items, with what the reading of the next one throws translated.</summary>
    public static IEnumerable<T> Read<T>(IEnumerable<T> items)
    {
        using var each = items.GetEnumerator();
        while (Read(each.MoveNext)) yield return each.Current;
    }
}
