using Tallystick.Server.Tests.Import;
using Tallystick.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(ImportFixture))]

namespace Tallystick.Server.Tests.Import;

/// <summary>One PostgreSQL for the systems that are left and for stores that are moved to; started by the first use.
/// </summary>
public sealed class ImportFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresCluster>> _cluster = new(PostgresCluster.StartAsync);

    /// <summary>An empty database.</summary>
    public async Task<string> DatabaseAsync() => await (await _cluster.Value).CreateDatabaseAsync();

    /// <summary>A database of another system, made by these statements.</summary>
    public async Task<string> SourceAsync(params IEnumerable<string> sql)
    {
        var connection = await DatabaseAsync();
        foreach (var statements in sql) await PostgresCluster.ExecuteAsync(connection, statements);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster.IsValueCreated) await (await _cluster.Value).DisposeAsync();
    }
}
