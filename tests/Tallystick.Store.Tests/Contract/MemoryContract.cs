using Tallystick.Engine.Ports;
using Tallystick.Testing;

namespace Tallystick.Store.Tests.Contract;

/// <summary>The store that other tests stand on keeps what it promises, too.</summary>
public sealed class MemoryContract : StoreContract
{
    private readonly MemoryStore _store = new();

    protected override Task<ILedgerStore> OpenAsync() => Task.FromResult<ILedgerStore>(_store);
    protected override IStoreAudit? OpenAudit() => null;
    protected override ValueTask RemoveAsync() => ValueTask.CompletedTask;
}
