using Tallystick.Store.Tests;
using Tallystick.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace Tallystick.Store.Tests;

/// <summary>One server for all tests of this program; each makes databases of its own.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    public PostgresCluster Cluster { get; private set; } = null!;
    public async ValueTask InitializeAsync() => Cluster = await PostgresCluster.StartAsync();
    public ValueTask DisposeAsync() => Cluster?.DisposeAsync() ?? default;
}
