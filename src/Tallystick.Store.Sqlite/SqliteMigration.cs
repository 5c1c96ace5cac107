using Tallystick.Store.Sqlite.Migrations;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite;

/// <summary>Brings a folder's store to the present schema without serving it.</summary>
public static class SqliteMigration
{
    /// <returns>The names of the migrations that were applied, in order.</returns>
    /// <exception cref="StoreRefusedException">
    /// Another process writes to it, or its schema is not one that this program knows.
    /// </exception>
    public static IReadOnlyList<string> Run(string folder)
    {
        Directory.CreateDirectory(folder);
        var options = new SqliteStoreOptions { Folder = folder };
        using var folderLock = FolderLock.Take(folder, options.LockPatience);
        try
        {
            using var connection = StorePragmas.OpenWriter(options.Database);
            return Migrator.Apply(connection);
        }
        catch (SqliteException failure)
        {
            throw new StoreRefusedException($"{options.Database} cannot be opened: {failure.Message}", failure);
        }
    }
}
