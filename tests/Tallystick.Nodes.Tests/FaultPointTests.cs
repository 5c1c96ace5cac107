using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Engine;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>
/// Q4: a node that stops for good at a named point of a commit, with every kind of command; whoever sent it sends it
/// again to another node.
/// </summary>
public sealed class FaultPointTests(NodesFixture fixture)
{
    private static readonly string[] Points = ["before-commit", "after-commit"];

    /// <summary>Commands by name; the number is that of a grant, hold or charge that was made ready.</summary>
    private static readonly (string Name, AccountCommand? Ready, Func<ThingNumber, AccountCommand> Command)[] Commands =
    [
        ("grant", null, _ => TestNode.Grant(5)),
        ("void", TestNode.Grant(4), grant => new AccountCommand.VoidGrant(grant, ClawBackUsed: false)),
        ("charge", null, _ => TestNode.Charge(3)),
        ("refund", TestNode.Charge(4), charge => new AccountCommand.RefundCharge(charge, null, null)),
        ("hold", null, _ => Hold(3)),
        ("capture", Hold(4), hold => Capture(hold, isFinal: true)),
        ("part of a hold", Hold(4), hold => Capture(hold, isFinal: false)),
        ("release", Hold(4), hold => new AccountCommand.ReleaseHold(hold)),
        ("suspend", null, _ => new AccountCommand.SuspendAccount()),
        ("close", null, _ => new AccountCommand.CloseAccount(ReleaseHolds: false)),
    ];

    [Fact]
    public async Task Every_command_of_a_node_that_stops_at_any_point_is_done_once_when_another_is_asked_Q4_I8_D5()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        await using var steady = await TestNode.StartAsync(TestNode.Patient(database));
        foreach (var point in Points)
            foreach (var (name, ready, command) in Commands)
                await TryAsync(database, steady, point, $"{name}-{point}".Replace(' ', '-'), ready, command);
        Books.Verify(database);
    }

    private static async Task TryAsync(
        string database, TestNode steady, string point, string account, AccountCommand? ready,
        Func<ThingNumber, AccountCommand> command)
    {
        await steady.OpenAsync(account, 10);
        var thing = ready is null ? default : await DoneAsync(steady, account, ready, "ready");
        var before = (await steady.StateAsync(account))!.Sequence;
        var (reached, checkedAll) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var stopped = await TestNode.StartAsync(TestNode.Patient(database) with
        {
            FaultPoint = async at =>
            {
                if (at != point) return;
                reached.TrySetResult();
                // Until nobody looks any more, the node is not heard of again.
                await checkedAll.Task;
                throw new StoreBrokenException("the node is gone");
            },
        });
        var unheard = stopped.AskAsync(account, command(thing), "the key");
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var isThere = (await steady.StateAsync(account))!.Sequence > before;
        Assert.Equal(point == "after-commit", isThere);
        var first = await steady.InsistAsync(account, command(thing), "the key");
        var again = await steady.InsistAsync(account, command(thing), "the key");
        Assert.Equal(before + 1, (await steady.StateAsync(account))!.Sequence);
        Assert.Equal(isThere, Assert.IsType<Reply.Done>(first).Replayed);
        Assert.True(Assert.IsType<Reply.Done>(again).Replayed);
        checkedAll.SetResult();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => unheard);
    }

    private static async Task<ThingNumber> DoneAsync(
        TestNode node, string account, AccountCommand command, string key) =>
        Assert.IsType<Reply.Done>(await node.InsistAsync(account, command, key)).Entry.Entry.Number;

    private static AccountCommand.PlaceHold Hold(long credits) =>
        new() { Demand = Demand.Of(CreditAmount.FromCredits(credits)) };

    private static AccountCommand.CaptureHold Capture(ThingNumber hold, bool isFinal) => new()
    {
        Hold = hold, Demand = Demand.Of(CreditAmount.FromCredits(1)), Final = isFinal,
    };
}
