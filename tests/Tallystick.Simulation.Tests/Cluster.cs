using Tallystick.Engine;
using Tallystick.Engine.Ports;

namespace Tallystick.Simulation.Tests;

/// <summary>The nodes of one run: they die and come back, one at a time or all together.</summary>
internal sealed class Cluster(World world, Backing backing, Flaw flaw)
{
    private const double DeathChance = 0.05;
    private readonly Locks _locks = new();
    private readonly List<SimulatedNode> _nodes = [];
    private readonly List<Task> _endings = [];
    private int _started;
    private int _size;

    public Observer Observer { get; } = new(world);
    public Things Things { get; } = new();
    public int Kills { get; private set; }

    public SimulatedNode? AnyNode() => _nodes.Count == 0 ? null : world.Any(_nodes);

    /// <summary>On the world's scheduler.</summary>
    public void Start()
    {
        _size = backing.NodesMax == 1 ? 1 : world.Random.Next(2, backing.NodesMax + 1);
        while (_nodes.Count < _size) StartNode();
    }

    /// <summary>Called now and then: somebody dies, or somebody comes back.</summary>
    public void Happen()
    {
        if (_nodes.Count < _size && world.Chance(0.5)) _endings.Add(world.Scheduler.Start(() =>
        {
            if (_nodes.Count < _size) StartNode();
            return Task.CompletedTask;
        }));
        else if (_nodes.Count > 0 && world.Chance(DeathChance)) Kill(world.Any(_nodes));
    }

    /// <summary>Looks at the real store past all faults, while the world stands still.</summary>
    public async Task ObserveAsync(Func<ILedgerStore, Task> look)
    {
        if (_nodes.Count == 0) return;
        var real = _nodes[0].Store.Real;
        var looking = Task.Run(() => look(real));
        looking.GetAwaiter().GetResult();
        await Task.CompletedTask;
    }

    public async Task OpenAccountsAsync()
    {
        foreach (var account in SimulatedClient.AllAccounts)
        {
            var request = SimulatedClient.Opening(account);
            Reply? reply = null;
            while (reply is not (Reply.Done or Reply.Unchanged))
            {
                await world.PauseAsync();
                try
                {
                    if (AnyNode() is { } node) reply = await node.AskAsync(request);
                }
                catch (Exception fault) when (fault is StoreUnavailableException or OverloadedException)
                {
                    // Asked again.
                }
            }
        }
    }

    /// <summary>Everybody stops, in good order.</summary>
    public async Task EndAsync()
    {
        if (_nodes.Count == 0) StartNode();
        foreach (var account in SimulatedClient.AllAccounts)
            await ObserveAsync(store => Observer.LookAsync(Core.Journal.ChainKey.OfAccount(1, account), store));
        foreach (var node in _nodes) await node.StopAsync();
        await Task.WhenAll(_endings);
        foreach (var node in _nodes) Close(node.Store.Real);
        _nodes.Clear();
    }

    private void Kill(SimulatedNode node)
    {
        Kills++;
        _nodes.Remove(node);
        _endings.Add(node.KillAsync());
        backing.Kill(node.Store.Real);
    }

    private void StartNode()
    {
        var name = $"node {++_started}";
        world.Note($"{name} starts");
        _nodes.Add(new(world, name, backing.Open(), _locks, flaw));
    }

    private static void Close(ILedgerStore store) =>
        Task.Run(async () => await store.DisposeAsync()).GetAwaiter().GetResult();
}
