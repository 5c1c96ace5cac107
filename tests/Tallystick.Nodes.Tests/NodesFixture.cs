using Tallystick.Nodes.Tests;
using Tallystick.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(NodesFixture))]

// Times are measured here, on few cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Tallystick.Nodes.Tests;

/// <summary>One server for the tests that do not kill it.</summary>
public sealed class NodesFixture : IAsyncLifetime
{
    public PostgresCluster Cluster { get; private set; } = null!;
    public async ValueTask InitializeAsync() => Cluster = await PostgresCluster.StartAsync();
    public ValueTask DisposeAsync() => Cluster?.DisposeAsync() ?? default;
}
