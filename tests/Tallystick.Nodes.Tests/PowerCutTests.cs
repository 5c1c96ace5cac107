using System.Diagnostics;
using System.Globalization;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>
/// Q2: the power of the database's disk is cut under load, and whatever had not been flushed is gone.
/// TALLY_POSTGRES_POWER_CUTS=n cuts n times.
/// </summary>
public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const int DiskMegabytes = 512;
    private static readonly string[] Accounts = [.. Enumerable.Range(0, 8).Select(i => $"account-{i}")];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static int Cuts =>
        Environment.GetEnvironmentVariable("TALLY_POSTGRES_POWER_CUTS") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : 3;

    [Fact(Explicit = true)]
    public async Task Power_cuts_of_the_database_lose_nothing_that_was_acknowledged_K3_Q2()
    {
        using var disk = CuttableDisk.Create(DiskMegabytes);
        await using var cluster = await PostgresCluster.StartOnAsync(disk);
        var database = await cluster.CreateDatabaseAsync();
        var nodes = await TestNode.StartManyAsync(database, 2);
        foreach (var account in Accounts) await nodes[0].OpenAsync(account, 1_000_000);
        var load = Load.On(nodes, Accounts);
        load.Start(8);
        await WaitForMoreAsync(load);
        for (var cut = 0; cut < Cuts; cut++)
        {
            await Task.Delay(Random.Shared.Next(200, 1_200), TestContext.Current.CancellationToken);
            await cluster.CutPowerAsync(disk);
            await WaitForMoreAsync(load);
        }
        await load.StopAsync();
        await load.SettleAsync(database);
        Assert.True(load.Faults > 0, "nothing was under way when the power went");
        output.WriteLine($"{Cuts} cuts, {load.Acknowledged} acknowledged, 0 lost, {load.Faults} unknown and settled");
        foreach (var node in nodes) await node.DisposeAsync();
    }

    private static async Task WaitForMoreAsync(Load load)
    {
        var before = load.Acknowledged;
        for (var began = Stopwatch.GetTimestamp(); load.Acknowledged < before + 50; await Task.Delay(50))
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, "the nodes did not recover");
    }
}
