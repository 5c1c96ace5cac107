using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>Q19: a dump under load, restored, verified and served.</summary>
public sealed class RestoreTests(ITestOutputHelper output)
{
    private static readonly string[] Accounts = [.. Enumerable.Range(0, 8).Select(i => $"account-{i}")];

    [Fact]
    public async Task A_dump_under_load_has_all_that_was_acknowledged_when_it_began_and_is_served_S8_Q19()
    {
        await using var cluster = await PostgresCluster.StartOwnAsync();
        var database = await cluster.CreateDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        foreach (var account in Accounts) await node.OpenAsync(account, 1_000_000);
        var load = Load.On([node], Accounts);
        load.Start(8);
        await Task.Delay(1_000, TestContext.Current.CancellationToken);
        var before = load.Acknowledged;
        var restored = await cluster.DumpAndRestoreAsync(database);
        await load.StopAsync();
        await load.SettleAsync(database);

        Books.Verify(restored);
        var (whole, part) = (Books.ReadKeys(database), Books.ReadKeys(restored));
        Assert.InRange(part.Count, before, whole.Count);
        Assert.All(part, entry => Assert.Equal(whole[entry.Key], entry.Value));
        await using var again = await TestNode.StartAsync(restored);
        // A key that the copy has is answered as it was, and one that it does not have is free.
        var (known, hash) = part.First(entry => entry.Key.Key.StartsWith("load-", StringComparison.Ordinal));
        var account0 = Accounts.First(account => TestNode.ChainOf(account) == known.Chain);
        var replayed = Assert.IsType<Engine.Reply.Done>(await again.ChargeAsync(account0, 1, known.Key));
        Assert.Equal((true, Convert.ToHexString(hash)), (replayed.Replayed, Convert.ToHexString(replayed.Entry.Hash)));
        Assert.False(Assert.IsType<Engine.Reply.Done>(await again.ChargeAsync(account0, 1, "another")).Replayed);
        Books.Verify(restored);
        output.WriteLine($"{before} acknowledged before the dump, {part.Count} keys restored, 0 lost");
    }
}
