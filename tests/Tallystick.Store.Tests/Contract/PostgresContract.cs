using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Tallystick.Testing;

namespace Tallystick.Store.Tests.Contract;

public sealed class PostgresContract(PostgresFixture postgres) : StoreContract
{
    private string? _database;

    protected override async Task<ILedgerStore> OpenAsync() => await PostgresLedgerStore.OpenAsync(
        PostgresFixture.Patient(_database ??= await postgres.Cluster.CreateDatabaseAsync()), TestChains.Fold, default);

    protected override IStoreAudit? OpenAudit() => PostgresAudit.Open(new() { Connection = _database! });
    protected override ValueTask RemoveAsync() => ValueTask.CompletedTask;
}
