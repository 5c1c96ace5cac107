using System.Diagnostics;
using Npgsql;
using Tallystick.Core.Accounts;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>P5: what networks do to the wire between a node and its database, also behind a pooler.</summary>
public sealed class WireTests(NodesFixture fixture)
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task A_wire_cut_at_any_byte_of_a_commit_makes_one_effect_or_none_P5(bool ofRequests, bool isPooled)
    {
        await using var wire = await Wire.OpenAsync(fixture, isPooled);
        var node = wire.Node;
        await node.OpenAsync("acme", 10_000);
        var (charged, cuts) = (0, 0);
        // A commit of one charge sends some 2,900 bytes and is answered by some 400.
        for (var at = 0; at < (ofRequests ? 3_000 : 420); at += ofRequests ? 151 : 19)
        {
            var key = $"cut-{at}";
            wire.Proxy.CutAfter(at, ofRequests);
            var first = await TryAsync(() => node.ChargeAsync("acme", 1, key));
            wire.Proxy.Heal();
            cuts = wire.Proxy.Cuts;
            var settled = await SettleAsync(() => node.ChargeAsync("acme", 1, key));
            if (first is Reply.Done done) Assert.Equal(done.Entry.Hash, settled.Entry.Hash);
            Assert.Equal(CreditAmount.FromCredits(10_000 - ++charged), (await node.StateAsync("acme"))!.Available);
        }
        Assert.True(cuts >= charged / 2, $"only {cuts} of {charged} charges were cut");
        Books.Verify(wire.Direct);
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_found_and_not_made_again()
    {
        await using var wire = await Wire.OpenAsync(fixture, isPooled: false);
        await wire.Node.OpenAsync("acme", 100);
        await wire.Node.ChargeAsync("acme", 1, "before");
        // The last bytes of the answer are those that say that it was committed.
        for (var at = 300; at < 420; at += 7)
        {
            wire.Proxy.CutAfter(at, ofRequests: false);
            var reply = await wire.Node.ChargeAsync("acme", 1, $"lost-{at}");
            Assert.False(Assert.IsType<Reply.Done>(reply).Replayed);
        }
        Books.Verify(wire.Direct);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wire_that_goes_silent_is_answered_in_time_and_forgotten_when_it_speaks_again_P5(bool isPooled)
    {
        await using var wire = await Wire.OpenAsync(fixture, isPooled);
        await wire.Node.OpenAsync("acme", 100);
        wire.Proxy.IsSilent = true;
        for (var i = 0; i < 5; i++) await FailsInTimeAsync(() => wire.Node.ChargeAsync("acme", 1, $"silent-{i}"));
        await FailsInTimeAsync(() => wire.Node.StateAsync("acme"));
        wire.Proxy.Heal();
        for (var i = 0; i < 5; i++) await SettleAsync(() => wire.Node.ChargeAsync("acme", 1, $"silent-{i}"));
        Assert.Equal(CreditAmount.FromCredits(95), (await wire.Node.StateAsync("acme"))!.Available);
        Books.Verify(wire.Direct);
    }

    [Fact]
    public async Task What_has_queued_up_on_a_silent_wire_is_answered_in_time_too()
    {
        await using var wire = await Wire.OpenAsync(fixture, isPooled: false);
        for (var i = 0; i < 40; i++) await wire.Node.OpenAsync($"a{i}", 10);
        wire.Proxy.IsSilent = true;
        await Task.WhenAll(Enumerable.Range(0, 400).Select(async i =>
        {
            await Task.Delay(i * 5);
            await FailsInTimeAsync(() => wire.Node.ChargeAsync($"a{i % 40}", 1, $"k{i}"));
        }));
        wire.Proxy.Heal();
        await SettleAsync(() => wire.Node.ChargeAsync("a1", 1, "after"));
        Books.Verify(wire.Direct);
    }

    [Fact]
    public async Task A_wire_that_delays_or_trickles_costs_time_and_nothing_else_P5()
    {
        await using var wire = await Wire.OpenAsync(fixture, isPooled: false);
        await wire.Node.OpenAsync("acme", 100);
        wire.Proxy.DelayMs = 5_000;
        await FailsInTimeAsync(() => wire.Node.ChargeAsync("acme", 1, "late"));
        wire.Proxy.Heal();
        wire.Proxy.Trickles = true;
        await FailsInTimeAsync(() => wire.Node.ChargeAsync("acme", 1, "trickle"));
        wire.Proxy.Heal();
        foreach (var key in new[] { "late", "trickle" })
            await SettleAsync(() => wire.Node.ChargeAsync("acme", 1, key));
        // What was under way for five seconds must not arrive as a second charge.
        await Task.Delay(5_500);
        Assert.Equal(CreditAmount.FromCredits(98), (await wire.Node.StateAsync("acme"))!.Available);
        Books.Verify(wire.Direct);
    }

    [Fact]
    public async Task Sessions_that_an_administrator_ends_lose_nothing_57P01()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        var nodes = await TestNode.StartManyAsync(database, 2);
        await nodes[0].OpenAsync("acme", 1_000_000);
        await nodes[0].OpenAsync("other", 1_000_000);
        var load = Load.On(nodes, ["acme", "other"]);
        load.Start(8);
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(100);
            await PostgresCluster.ExecuteAsync(database, """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """);
        }
        await load.StopAsync();
        await load.SettleAsync(database);
        Assert.True(load.Acknowledged > 100, $"only {load.Acknowledged} were acknowledged");
        Assert.True(load.SlowestFault < AnswerMax, $"a fault took {load.SlowestFault}");
        foreach (var node in nodes) await node.DisposeAsync();
    }

    /// <summary>What falls due is the same byte for byte whoever enters it: it proves nobody's commit.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_that_never_arrived_is_not_found_in_what_fell_due_and_another_node_entered_I10_I11(
        bool isAlone)
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        await using var steady = await TestNode.StartAsync(TestNode.Patient(database));
        await steady.OpenAsync("acme", 10);
        await steady.OpenAsync("other", 10);
        await steady.AskAsync("acme", new AccountCommand.PlaceHold
        {
            Demand = Demand.Of(CreditAmount.FromCredits(1)),
        }, "hold");
        var (acme, other) = ((await steady.StateAsync("acme"))!, (await steady.StateAsync("other"))!);
        var late = new Instant(acme.LastAt.Micros + 3_600_000_000);
        var first = TestNode.Decide(acme, TestNode.Charge(2), "theirs", late);
        Assert.Equal(2, first.Entries.Count);
        ChainChange[] batch = isAlone
            ? [TestNode.Decide(acme, new AccountCommand.SettleDue(), "", late) with { KeysAbsent = ["theirs"] }]
            : [TestNode.Decide(acme, TestNode.Charge(3), "ours", late), TestNode.Decide(
                other, TestNode.Charge(3), "ours", late)];
        Assert.Equal(first.Entries[0].Hash, batch[0].Entries[0].Hash);

        var isBroken = false;
        await using var broken = await PostgresLedgerStore.OpenAsync(
            TestNode.Patient($"{database};Application Name=broken") with
            {
                FaultPoint = async at =>
                {
                    if (at != "before-commit" || isBroken) return;
                    isBroken = true;
                    Assert.Empty(await steady.Store.CommitAsync([first], default));
                    await PostgresCluster.ExecuteAsync(database, """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND application_name = 'broken'
                        """);
                },
            }, StoreFold.Next, default);
        Assert.Contains(acme.Key, await broken.CommitAsync(batch, default));
        Assert.True(isBroken);
        Assert.Equal(first.State.Head, (await steady.StateAsync("acme"))!.Head);
        Assert.Equal(other.Head, (await steady.StateAsync("other"))!.Head);
        Books.Verify(database);
    }

    private static async Task<Reply?> TryAsync(Func<Task<Reply>> ask)
    {
        try
        {
            return await ask();
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private static async Task<Reply.Done> SettleAsync(Func<Task<Reply>> ask)
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(50))
        {
            if (await TryAsync(ask) is { } reply) return Assert.IsType<Reply.Done>(reply);
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5), "the node did not recover");
        }
    }

    private static async Task FailsInTimeAsync<T>(Func<Task<T>> ask)
    {
        var began = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<StoreUnavailableException>(ask);
        Assert.InRange(Stopwatch.GetElapsedTime(began) - Lateness.Since(began), TimeSpan.MinValue, AnswerMax);
    }

    /// <summary>A node with a wire of its own to a database of its own.</summary>
    private sealed class Wire : IAsyncDisposable
    {
        private PgBouncer? _pooler;

        public required string Direct { get; init; }
        public required FaultProxy Proxy { get; init; }
        public TestNode Node { get; private set; } = null!;

        public static async Task<Wire> OpenAsync(NodesFixture fixture, bool isPooled)
        {
            var direct = await fixture.Cluster.CreateDatabaseAsync();
            var server = PostgresCluster.PortOf(direct);
            var pooler = isPooled ? await PgBouncer.StartAsync(server) : null;
            var behind = pooler?.Through(direct) ?? direct;
            var wire = new Wire { Direct = direct, Proxy = new(PostgresCluster.PortOf(behind)), _pooler = pooler };
            var options = new PostgresStoreOptions
            {
                Connection = new NpgsqlConnectionStringBuilder(behind) { Port = wire.Proxy.Port }.ConnectionString,
            };
            wire.Node = await TestNode.StartAsync(options, lanes: 1);
            return wire;
        }

        public async ValueTask DisposeAsync()
        {
            Proxy.Heal();
            await Node.DisposeAsync();
            await Proxy.DisposeAsync();
            if (_pooler is not null) await _pooler.DisposeAsync();
        }
    }
}
