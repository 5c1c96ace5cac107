using Npgsql;
using Tallystick.Store.Postgres;
using Tallystick.Store.Tests;
using Tallystick.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace Tallystick.Store.Tests;

/// <summary>One server for all tests of this program; each makes databases of its own.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    /// <summary>Where time is not what is tested: a busy machine shall not fail a test.</summary>
    public static PostgresStoreOptions Patient(string database) => new()
    {
        Connection = database, CommitPatience = TimeSpan.FromSeconds(20), ReadPatience = TimeSpan.FromSeconds(20),
        LockPatience = TimeSpan.FromSeconds(10),
    };

    /// <summary>A store whose chains are <see cref="TestChains"/>.</summary>
    public static Task<PostgresLedgerStore> OpenAsync(string database) =>
        PostgresLedgerStore.OpenAsync(Patient(database), TestChains.Fold, default);

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public PostgresCluster Cluster { get; private set; } = null!;
    public async ValueTask InitializeAsync() => Cluster = await PostgresCluster.StartAsync();
    public ValueTask DisposeAsync() => Cluster?.DisposeAsync() ?? default;
}
