using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite;

namespace Tallystick.Store.Tests.Contract;

/// <summary>With bounds so small that a few dozen entries make runs and merges.</summary>
public sealed class SqliteContract : StoreContract
{
    private readonly TestFolder _folder = new();

    protected override Task<ILedgerStore> OpenAsync() =>
        Task.FromResult<ILedgerStore>(SqliteLedgerStore.Open(_folder.Tiny, TestChains.Fold));

    protected override IStoreAudit? OpenAudit() => SqliteAudit.Open(_folder.Path);

    protected override ValueTask RemoveAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
