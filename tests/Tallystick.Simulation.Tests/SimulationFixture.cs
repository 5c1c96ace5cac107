using Tallystick.Simulation.Tests;
using Tallystick.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(SimulationFixture))]

namespace Tallystick.Simulation.Tests;

/// <summary>One server for all runs that need one; each has a database of its own.</summary>
public sealed class SimulationFixture : IAsyncLifetime
{
    public PostgresCluster Cluster { get; private set; } = null!;
    public async ValueTask InitializeAsync() => Cluster = await PostgresCluster.StartAsync();
    public ValueTask DisposeAsync() => Cluster?.DisposeAsync() ?? default;
}
