using Microsoft.Extensions.Logging;
using Tallystick.Core.Journal;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine;

/// <summary>Owns the lane and the store: the way in for commands, the way out for reads. Thread-safe.</summary>
public sealed class Ledger : ILedger, IAsyncDisposable
{
    private readonly ILedgerStore _store;
    private readonly Lane _lane;
    private readonly Task _running;

    public Ledger(ILedgerStore store, LedgerClock clock, LaneOptions options, ILogger<Ledger> logger)
    {
        _store = store;
        Clock = clock;
        _lane = new(store, clock, options, logger);
        // A thread of its own: the embedded store commits synchronously and would starve the pool.
        _running = Task.Factory.StartNew(
            () => _lane.RunAsync(CancellationToken.None), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap();
    }

    public LedgerClock Clock { get; }

    /// <summary>Ends only when the ledger does; faulted when it had to stop.</summary>
    public Task Running => _running;

    public Task<Reply> ExecuteAsync(LedgerRequest request, CancellationToken cancel) =>
        _lane.EnqueueAsync(request).WaitAsync(cancel);

    /// <summary>The present state of a chain, as last committed.</summary>
    public async ValueTask<ChainState?> LoadAsync(ChainKey chain, CancellationToken cancel) =>
        _lane.Cache.Peek(chain) ?? await _store.LoadAsync(chain, cancel);

    public async ValueTask DisposeAsync()
    {
        _lane.Complete();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _store.DisposeAsync();
    }
}
