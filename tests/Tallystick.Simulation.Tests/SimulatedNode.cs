using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Engine;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;

namespace Tallystick.Simulation.Tests;

/// <summary>The real ledger, with its lanes and its housekeeping, over a simulated way to the real store.</summary>
internal sealed class SimulatedNode
{
    private readonly World _world;
    private readonly List<TaskCompletionSource<Reply?>> _waiting = [];

    /// <summary>Called on the world's scheduler: what the ledger starts stays there.</summary>
    public SimulatedNode(World world, string name, ILedgerStore real, Locks locks, Flaw flaw)
    {
        (_world, Name) = (world, name);
        Store = new(world, real, locks, flaw);
        // No two nodes agree on the time.
        var clock = new LedgerClock(new SkewedTime(world.Time, TimeSpan.FromSeconds(world.Random.Next(-600, 600))));
        Ledger = new(
            Store, clock, new LaneOptions
            {
                Lanes = real.IsShared ? 2 : 1, CachedStatesMax = 2, Time = world.Time, Scheduler = world.Scheduler,
            },
            NullLogger<Ledger>.Instance);
    }

    public string Name { get; }
    public SimulatedStore Store { get; }
    public Ledger Ledger { get; }

    /// <summary>The answer, unless the node dies first or the network loses one of the two.</summary>
    public async Task<Reply?> AskAsync(LedgerRequest request)
    {
        await _world.PauseAsync();
        if (Store.IsDead || _world.Chance(0.02)) return null;
        var heard = new TaskCompletionSource<Reply?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(heard);
        _ = PassOnAsync(Ledger.ExecuteAsync(request, default), heard);
        var reply = await heard.Task;
        _waiting.Remove(heard);
        await _world.PauseAsync();
        return _world.Chance(0.02) ? null : reply;
    }

    /// <returns>Ends when the ledger has noticed.</returns>
    public Task KillAsync()
    {
        _world.Note($"{Name} is killed");
        Store.Kill();
        foreach (var heard in _waiting) heard.TrySetResult(null);
        return StopAsync();
    }

    public Task StopAsync() => _world.Scheduler.Start(async () => await Ledger.DisposeAsync());

    private static async Task PassOnAsync(Task<Reply> answer, TaskCompletionSource<Reply?> heard)
    {
        try
        {
            heard.TrySetResult(await answer);
        }
        catch (Exception fault)
        {
            heard.TrySetException(fault);
        }
    }

    private sealed class SkewedTime(TimeProvider time, TimeSpan skew) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + skew;
    }
}
