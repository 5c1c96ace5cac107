using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Tallystick.Core.Money;
using Tallystick.Engine;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>
/// K4, K5: the database is killed, restarted and failed over under load. TALLY_CRASH_CYCLES=n does it n times.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(2);
    private static readonly string[] Accounts = [.. Enumerable.Range(0, 8).Select(i => $"account-{i}")];

    private static int Cycles =>
        Environment.GetEnvironmentVariable("TALLY_CRASH_CYCLES") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : 3;

    [Fact]
    public async Task A_postmaster_killed_under_load_loses_nothing_and_the_nodes_recover_by_themselves_K4_Q3()
    {
        await using var cluster = await PostgresCluster.StartOwnAsync();
        await RunAsync(cluster, async () =>
        {
            cluster.KillPostmaster();
            await cluster.StartServerAsync();
        });
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("immediate")]
    public async Task A_restart_under_load_loses_nothing_K5_Q3(string mode)
    {
        await using var cluster = await PostgresCluster.StartOwnAsync();
        await RunAsync(cluster, async () =>
        {
            cluster.Stop(mode);
            // Longer than a node goes on trying: somebody is told.
            await Task.Delay(TimeSpan.FromSeconds(4));
            await cluster.StartServerAsync();
        }, cycles: 1);
    }

    [Fact]
    public async Task A_failover_to_a_synchronous_standby_loses_nothing_K5_Q3()
    {
        await using var primary = await PostgresCluster.StartOwnAsync("wal_level = replica", "max_wal_senders = 5");
        await using var standby = await primary.AddStandbyAsync();
        var database = await primary.CreateDatabaseAsync();
        var name = new NpgsqlConnectionStringBuilder(database).Database!;
        var both = $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port};Username=postgres;Database={name}";
        var nodes = await TestNode.StartManyAsync(both, 2);
        Assert.DoesNotContain(((PostgresLedgerStore)nodes[0].Store).Warnings, warning => warning.Contains("failover"));
        foreach (var account in Accounts) await nodes[0].OpenAsync(account, 1_000_000);
        var load = Load.On(nodes, Accounts);
        load.Start(8);
        await Task.Delay(TimeSpan.FromSeconds(2));
        primary.KillPostmaster();
        standby.Promote();
        var acknowledged = load.Acknowledged;
        await AgainAsync(load, acknowledged);
        await load.StopAsync();
        await load.SettleAsync(standby.Connection(name));
        Assert.True(load.SlowestFault < AnswerMax, $"a fault took {load.SlowestFault}");
        output.WriteLine(
            $"{load.Acknowledged} acknowledged, 0 lost, {load.Faults} unknown and settled, "
            + $"the slowest fault in {load.SlowestFault.TotalMilliseconds:F0} ms");
        foreach (var node in nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task A_failover_that_loses_entries_leaves_no_node_on_what_is_lost_I13_I34()
    {
        await using var primary = await PostgresCluster.StartOwnAsync("wal_level = replica", "max_wal_senders = 5");
        await using var standby = await primary.AddStandbyAsync(isSynchronous: false);
        var name = new NpgsqlConnectionStringBuilder(await primary.CreateDatabaseAsync()).Database!;
        var both = $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port};Username=postgres;Database={name}";
        var nodes = await TestNode.StartManyAsync(both, 2);
        foreach (var account in new[] { "same", "ahead", "behind" }) await nodes[0].OpenAsync(account, 100);
        await standby.StopReceivingAsync(standby.Connection(name), primary);

        foreach (var (account, charges) in new[] { ("same", 1), ("ahead", 1), ("behind", 2) })
            for (var i = 0; i < charges; i++)
                Assert.IsType<Reply.Done>(await nodes[0].ChargeAsync(account, 50, $"lost-{i}"));
        primary.KillPostmaster();
        standby.Promote();
        foreach (var (account, charges) in new[] { ("same", 1), ("ahead", 2), ("behind", 1) })
            for (var i = 0; i < charges; i++)
                await nodes[1].InsistAsync(account, TestNode.Charge(7), $"other-{i}");

        // More than they would have if anything were left of what was lost.
        foreach (var (account, rest) in new[] { ("same", 93), ("ahead", 86), ("behind", 93) })
            Assert.IsType<Reply.Done>(await nodes[0].InsistAsync(account, TestNode.Charge(rest), "last"));
        Books.Verify(standby.Connection(name));
        foreach (var node in nodes) await node.DisposeAsync();
    }

    private async Task RunAsync(PostgresCluster cluster, Func<Task> crash, int? cycles = null)
    {
        var database = await cluster.CreateDatabaseAsync();
        var nodes = await TestNode.StartManyAsync(database, 2);
        foreach (var account in Accounts) await nodes[0].OpenAsync(account, 1_000_000);
        var load = Load.On(nodes, Accounts);
        load.Start(8);
        for (var cycle = 0; cycle < (cycles ?? Cycles); cycle++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            await crash();
            await AgainAsync(load, load.Acknowledged);
        }
        await load.StopAsync();
        await load.SettleAsync(database);
        Assert.True(load.Faults > 0, "nothing was under way when the database went");
        Assert.True(load.SlowestFault < AnswerMax, $"a fault took {load.SlowestFault}");
        output.WriteLine(
            $"{load.Acknowledged} acknowledged, 0 lost, {load.Faults} unknown and settled, "
            + $"the slowest fault in {load.SlowestFault.TotalMilliseconds:F0} ms");
        foreach (var node in nodes) await node.DisposeAsync();
    }

    /// <summary>Waits until charges pass again.</summary>
    private static async Task AgainAsync(Load load, int acknowledged)
    {
        for (var began = Stopwatch.GetTimestamp(); load.Acknowledged < acknowledged + 50; await Task.Delay(50))
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(15), "the nodes did not recover");
    }
}
