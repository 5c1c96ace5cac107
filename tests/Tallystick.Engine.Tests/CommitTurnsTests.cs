using Tallystick.Engine.Lanes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>When lanes commit side by side, and when one after the other.</summary>
public sealed class CommitTurnsTests
{
    private const int Few = 3, Many = 1_000;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1);
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Lanes_with_few_commands_take_turns_in_the_order_in_which_they_came()
    {
        var turns = new CommitTurns(1, _time);
        await turns.EnterAsync(Few);
        var (second, third) = (turns.EnterAsync(Few), turns.EnterAsync(Few));
        await WaitsAsync(second);
        await WaitsAsync(third);
        turns.Leave();
        await second;
        await WaitsAsync(third);
        // Who has just left does not go before one that waits.
        var first = turns.EnterAsync(Few);
        turns.Leave();
        await third;
        await WaitsAsync(first);
        turns.Leave();
        await first;
    }

    [Fact]
    public async Task A_lane_with_many_commands_waits_for_nobody_and_the_others_for_all_that_go_on()
    {
        var turns = new CommitTurns(1, _time);
        for (var i = 0; i < 3; i++) await turns.EnterAsync(Many);
        var few = turns.EnterAsync(Few);
        for (var i = 0; i < 2; i++) turns.Leave();
        await WaitsAsync(few);
        turns.Leave();
        await few;
    }

    /// <summary>A commit that hangs at a lock holds up its own lane, and no other for long.</summary>
    [Fact]
    public async Task A_lane_goes_alone_when_its_turn_does_not_come_and_nobody_has_its_place_twice()
    {
        var turns = new CommitTurns(1, _time);
        await turns.EnterAsync(Few);
        var second = turns.EnterAsync(Few);
        _time.Advance(Long);
        await second;
        var third = turns.EnterAsync(Few);
        turns.Leave();
        await WaitsAsync(third);
        turns.Leave();
        await third;
        turns.Leave();
        Assert.True(turns.EnterAsync(Few).IsCompleted);
        Assert.False(turns.EnterAsync(Few).IsCompleted);
    }

    [Fact]
    public async Task As_many_at_once_commit_as_were_asked_for()
    {
        var (turns, inside, most) = (new CommitTurns(2, _time), 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                await turns.EnterAsync(Few);
                var now = Interlocked.Increment(ref inside);
                lock (turns) most = Math.Max(most, now);
                if (i % 7 == 0) await Task.Yield();
                Interlocked.Decrement(ref inside);
                turns.Leave();
            }
        })));
        Assert.Equal(2, most);
        Assert.True(turns.EnterAsync(Few).IsCompleted && turns.EnterAsync(Few).IsCompleted);
        Assert.False(turns.EnterAsync(Few).IsCompleted);
    }

    /// <summary>Whoever is let in goes on elsewhere, so at once nobody is.</summary>
    private static async Task WaitsAsync(Task turn) =>
        Assert.NotSame(turn, await Task.WhenAny(turn, Task.Delay(100)));
}
