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
        await using var connections = new Connections(options, "migration", 1);
        try
        {
            using var lease = await connections.RentAsync(cancel);
            return await Migrator.ApplyAsync(lease.Connection, options.ApplicationRole, cancel);
        }
        catch (Exception failure) when (PostgresFaults.IsFault(failure))
        {
            throw PostgresFaults.Unavailable(failure);
        }
    }
}
