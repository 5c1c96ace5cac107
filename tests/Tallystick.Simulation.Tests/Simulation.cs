namespace Tallystick.Simulation.Tests;

/// <summary>One seed, from an empty store to verified books.</summary>
internal static class Simulation
{
    private const int Clients = 4;

    public static SimulationResult Run(int seed, Func<Backing> open, int operations, Flaw flaw = Flaw.None)
    {
        SimulationResult? result = null;
        // A thread of its own: nothing but the world's scheduler may run what is awaited.
        var thread = new Thread(() => result = Play(seed, open, operations, flaw));
        thread.Start();
        thread.Join();
        return result!;
    }

    private static SimulationResult Play(int seed, Func<Backing> open, int operations, Flaw flaw)
    {
        var world = new World(seed);
        using var backing = open();
        var cluster = new Cluster(world, backing, flaw);
        try
        {
            world.RunUntil(world.Scheduler.Start(async () =>
            {
                cluster.Start();
                await cluster.OpenAccountsAsync();
                world.Event = cluster.Happen;
                await Task.WhenAll(Enumerable.Range(0, Clients).Select(number =>
                    new SimulatedClient(world, cluster, $"client {number}").RunAsync(operations / Clients)));
                world.Event = null;
                await cluster.EndAsync();
            }));
            using var audit = backing.Audit();
            world.Note($"digest {Observer.Verify(audit)}");
            return new(seed, world.Log, cluster.Observer.Entries, cluster.Kills, null);
        }
        catch (Exception failure)
        {
            return new(seed, world.Log, cluster.Observer.Entries, cluster.Kills, failure);
        }
    }
}
