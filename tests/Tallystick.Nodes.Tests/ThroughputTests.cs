using System.Diagnostics;
using Npgsql;
using Tallystick.Engine;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>Measurements: run by name, in Release, on a quiet machine. docs/scale.md has what came of them.</summary>
public sealed class ThroughputTests(NodesFixture fixture, ITestOutputHelper output)
{
    private const int Seconds = 8;

    [Theory(Explicit = true)]
    [InlineData(1, 10_000, 64)]
    [InlineData(1, 10_000, 256)]
    [InlineData(1, 1, 256)]
    [InlineData(2, 10_000, 256)]
    [InlineData(2, 1, 256)]
    public async Task Charges_a_second_and_bytes_of_log(int nodes, int accounts, int clients)
    {
        var database = await fixture.Cluster.CreateDatabaseAsync() + ";Max Auto Prepare=32";
        var running = await Task.WhenAll(
            Enumerable.Range(0, nodes).Select(_ => TestNode.StartAsync(database, lanes: 1)));
        var names = Enumerable.Range(0, accounts).Select(i => $"account-{i}").ToArray();
        foreach (var chunk in names.Chunk(500))
            await Task.WhenAll(chunk.Select(name => running[0].OpenAsync(name, 1_000_000)));
        await RunAsync(running, names, clients, "warm", TimeSpan.FromSeconds(4));
        await PostgresCluster.ExecuteAsync(database, "CHECKPOINT");
        var before = await LogAsync(database);
        var (charges, faults, took) = await RunAsync(running, names, clients, "run", TimeSpan.FromSeconds(Seconds));
        var bytes = (await LogAsync(database) - before) / Math.Max(1, charges);
        var line = $"{nodes} node(s), {accounts} account(s), {clients} clients: "
            + $"{charges / took.TotalSeconds:N0} charges/s, {faults} faults, {bytes} bytes of log a charge";
        output.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
        foreach (var node in running) await node.DisposeAsync();
        Books.Verify(database);
    }

    private static async Task<(int Charges, int Faults, TimeSpan Took)> RunAsync(
        TestNode[] nodes, string[] accounts, int clients, string name, TimeSpan time)
    {
        var (charges, faults, began) = (0, 0, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            for (var i = 0; Stopwatch.GetElapsedTime(began) < time; i++)
            {
                try
                {
                    var account = accounts[random.Next(accounts.Length)];
                    await nodes[client % nodes.Length].ChargeAsync(account, 1, $"{name}-{client}-{i}");
                    Interlocked.Increment(ref charges);
                }
                catch (Engine.Ports.StoreUnavailableException)
                {
                    Interlocked.Increment(ref faults);
                }
            }
        })));
        return (charges, faults, Stopwatch.GetElapsedTime(began));
    }

    /// <summary>
    /// The position of the write-ahead log; full-page images follow a checkpoint and are counted too.
    /// </summary>
    private static async Task<long> LogAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
