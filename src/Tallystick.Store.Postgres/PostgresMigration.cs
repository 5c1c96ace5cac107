using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres.Migrations;

namespace Tallystick.Store.Postgres;

/// <summary>Brings a database to the present schema without serving it, as the owner of the schema.</summary>
public static class PostgresMigration
{
    /// <returns>The names of the migrations that were applied, in order.</returns>
    /// <exception cref="StoreRefusedException">
    /// The role may not, or the schema is not one that this program knows.
    /// </exception>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(PostgresStoreOptions options, CancellationToken cancel)
    {
        await using var source = options.CreateDataSource("migration", 1, commandTimeout: TimeSpan.Zero);
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancel);
            return await Migrator.ApplyAsync(connection, options.ApplicationRole, cancel);
        }
        catch (Exception failure) when (PostgresFaults.IsFault(failure))
        {
            throw PostgresFaults.Unavailable(failure);
        }
    }
}
