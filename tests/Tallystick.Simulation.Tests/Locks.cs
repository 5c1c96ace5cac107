using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Simulation.Tests;

/// <summary>
/// Who keeps which chains locked. A real node waits for a lock and gives up after a while; here it gives up at once,
/// since the one that it waits for stands still meanwhile.
/// </summary>
internal sealed class Locks
{
    private readonly Dictionary<ChainKey, (SimulatedStore Store, IHeldChains Held)> _locks = [];

    public ImmutableArray<ChainKey> FindOthers(SimulatedStore store, IEnumerable<ChainKey> chains) =>
        [.. chains.Where(chain => _locks.TryGetValue(chain, out var locked) && locked.Store != store)];

    public void Take(SimulatedStore store, IEnumerable<ChainKey> chains, IHeldChains held)
    {
        foreach (var chain in chains) _locks[chain] = (store, held);
    }

    public void LetGo(IHeldChains held)
    {
        foreach (var (chain, _) in _locks.Where(one => one.Value.Held == held).ToList()) _locks.Remove(chain);
        Task.Run(async () => await held.DisposeAsync()).GetAwaiter().GetResult();
    }

    public void LetGo(SimulatedStore store)
    {
        foreach (var held in _locks.Values.Where(one => one.Store == store).Select(one => one.Held).Distinct().ToList())
            LetGo(held);
    }
}
