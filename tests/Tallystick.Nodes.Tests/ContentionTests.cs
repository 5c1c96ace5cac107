using System.Diagnostics;
using Npgsql;
using Tallystick.Core.Money;
using Tallystick.Engine;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>
/// P1 to P4 and K7: locks that others keep, pools that run dry, and transactions that the server takes back.
/// </summary>
public sealed class ContentionTests(NodesFixture fixture)
{
    [Fact]
    public async Task An_account_that_somebody_keeps_locked_fails_alone_P2()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, lanes: 1);
        foreach (var account in new[] { "locked", "free" }) await node.OpenAsync(account, 1_000);
        await using var source = NpgsqlDataSource.Create(database);
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand(
            "SELECT FROM tallystick.chain WHERE number = $1 FOR UPDATE", connection, transaction))
        {
            command.Parameters.Add(new() { Value = TestNode.ChainOf("locked").Number });
            await command.ExecuteNonQueryAsync();
        }
        var slowest = TimeSpan.Zero;
        for (var i = 0; i < 40; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var locked = node.ChargeAsync("locked", 1, $"l{i}");
            Assert.IsType<Reply.Done>(await node.ChargeAsync("free", 1, $"f{i}"));
            if (Stopwatch.GetElapsedTime(began) is var took && took > slowest) slowest = took;
            await Assert.ThrowsAsync<StoreUnavailableException>(() => locked);
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(2));
            await Task.Delay(50);
        }
        Assert.True(slowest < TimeSpan.FromSeconds(1.2), $"another account waited for {slowest}");
        await transaction.RollbackAsync();
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        for (var i = 0; i < 40; i++) Assert.IsType<Reply.Done>(await node.ChargeAsync("locked", 1, $"l{i}"));
        Assert.Equal(CreditAmount.FromCredits(960), (await node.StateAsync("locked"))!.Available);
        Books.Verify(database);
    }

    [Fact]
    public async Task Two_nodes_that_work_on_the_same_accounts_all_the_time_refuse_nothing()
    {
        const int Accounts = 400, Clients = 64, Rounds = 40;
        var database = await fixture.Cluster.CreateDatabaseAsync();
        var nodes = await TestNode.StartPatientAsync(database, 2);
        foreach (var account in Enumerable.Range(0, Accounts)) await nodes[0].OpenAsync($"a{account}", 1_000);
        // As many as fill a turn of either node, and meet the other's in most of them.
        await Task.WhenAll(nodes.SelectMany(node => Enumerable.Range(0, Clients).Select(async client =>
        {
            var random = new Random(client);
            for (var round = 0; round < Rounds; round++)
                Assert.IsType<Reply.Done>(await node.ChargeAsync(
                    $"a{random.Next(Accounts)}", 1, $"{Array.IndexOf(nodes, node)}-{client}-{round}"));
        })));
        foreach (var node in nodes) await node.DisposeAsync();
        Books.Verify(database);
    }

    [Fact]
    public async Task A_node_that_stops_while_it_holds_an_account_loses_it_and_cannot_commit_late_K7()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        await using var stopped = await TestNode.StartAsync(database);
        await using var other = await TestNode.StartAsync(database);
        await other.OpenAsync("acme", 100);
        await stopped.StateAsync("acme");
        var chain = TestNode.ChainOf("acme");
        await using (var held = await stopped.Store.HoldAsync([new(chain, null)], isBrief: false, default))
        {
            var late = TestNode.Decide(held.States[0]!, TestNode.Charge(7), "late");
            var began = Stopwatch.GetTimestamp();
            var reply = await other.InsistAsync("acme", TestNode.Grant(1), "in-time");
            Assert.IsType<Reply.Done>(reply);
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(4), "the lock outlived its owner");
            Assert.Equal([chain], await held.CommitAsync([late], default));
        }
        Assert.Equal(CreditAmount.FromCredits(101), (await stopped.StateAsync("acme"))!.Available);
        Books.Verify(database);
    }

    [Fact]
    public async Task More_readers_than_connections_wait_a_little_or_are_told_and_nothing_locks_up_P1()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        await using var proxy = new FaultProxy(PostgresCluster.PortOf(database));
        var through = new NpgsqlConnectionStringBuilder(database) { Port = proxy.Port }.ConnectionString;
        await using var node = await TestNode.StartAsync(new PostgresStoreOptions
        {
            Connection = through, Readers = 5, Writers = 3,
        });
        await node.OpenAsync("acme", 100_000);
        proxy.DelayMs = 60;
        var began = Stopwatch.GetTimestamp();
        var reads = Enumerable.Range(0, 200).Select(async _ =>
        {
            var since = Stopwatch.GetTimestamp();
            try
            {
                await node.StateAsync("acme");
                return true;
            }
            catch (StoreUnavailableException)
            {
                Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(2));
                return false;
            }
        }).ToList();
        var answers = await Task.WhenAll(reads);
        Assert.Contains(true, answers);
        Assert.Contains(false, answers);
        proxy.Heal();
        Assert.IsType<Reply.Done>(await node.InsistAsync("acme", TestNode.Charge(1), "afterwards"));
        Assert.NotNull(await node.StateAsync("acme"));
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task At_serializable_what_the_server_takes_back_is_done_again_inside_P4()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        await PostgresCluster.ExecuteAsync(
            database, $"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'");
        var nodes = await TestNode.StartPatientAsync(database, 2);
        await nodes[0].OpenAsync("acme", 50);
        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            await Task.Delay(i);
            return await nodes[i % 2].InsistAsync("acme", TestNode.Charge(1), $"s{i}");
        }));
        Assert.Equal(50, replies.OfType<Reply.Done>().Count());
        Assert.Equal(150, replies.OfType<Reply.Refused>().Count());
        foreach (var node in nodes) await node.DisposeAsync();
        Books.Verify(database);
    }

    [Fact]
    public async Task Batches_over_the_same_accounts_in_any_order_never_lock_each_other_out_P3()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        var nodes = await TestNode.StartPatientAsync(database, 2);
        var accounts = Enumerable.Range(0, 30).Select(i => $"p3-{i}").ToArray();
        foreach (var account in accounts) await nodes[0].OpenAsync(account, 1_000_000);
        var before = await DeadlocksAsync(database);
        var load = Load.On(nodes, accounts);
        load.Start(64);
        await Task.Delay(TimeSpan.FromSeconds(3));
        await load.StopAsync();
        await load.SettleAsync(database);
        Assert.Equal(before, await DeadlocksAsync(database));
        foreach (var node in nodes) await node.DisposeAsync();
    }

    private static async Task<long> DeadlocksAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
