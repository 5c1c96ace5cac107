using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Tallystick.Testing;

namespace Tallystick.Store.Tests.Contract;

/// <summary>P6: by way of a transaction pooler with fewer sessions than the store has connections.</summary>
public sealed class PooledPostgresContract(PostgresFixture postgres) : StoreContract
{
    private PgBouncer? _pooler;
    private string? _database;

    protected override async Task<ILedgerStore> OpenAsync()
    {
        _database ??= await postgres.Cluster.CreateDatabaseAsync();
        _pooler ??= await PgBouncer.StartAsync(PostgresCluster.PortOf(_database), sessions: 3);
        return await PostgresLedgerStore.OpenAsync(
            PostgresFixture.Patient(_pooler.Through(_database)), TestChains.Fold, default);
    }

    protected override IStoreAudit? OpenAudit() =>
        PostgresAudit.Open(new() { Connection = _pooler!.Through(_database!) });
    protected override ValueTask RemoveAsync() => _pooler!.DisposeAsync();
}
