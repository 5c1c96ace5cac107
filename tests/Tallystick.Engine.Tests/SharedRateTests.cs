using Tallystick.Engine.Limits;
using Tallystick.Engine.Ports;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>A limit that several nodes share: what they let through together.</summary>
public sealed class SharedRateTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly RateThing Key = new(RateKind.KeyRequests, 1, "7");
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(66);
    private readonly ManualTime _time = new();
    private readonly List<SharedRateCounts> _nodes = [];
    private MemoryRates _store = null!;

    public ValueTask InitializeAsync()
    {
        _time.Advance(TimeSpan.FromDays(20_000));
        _store = new(_time);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public async Task However_many_nodes_no_sixty_seconds_have_more_than_the_limit_and_hardly_fewer_L1(int count)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TALLY_SEED"), out var given)
            ? given : Random.Shared.Next();
        output.WriteLine($"TALLY_SEED={seed}");
        var random = new Random(seed);
        var nodes = Enumerable.Range(0, count).Select(_ => Start().Counts).ToList();
        foreach (var limit in new[] { random.Next(1, 40), random.Next(40, 300), random.Next(300, 1_500) })
        {
            var (thing, taken) = (Key with { Id = $"{limit}" }, new List<long>());
            var start = _time.GetTimestamp();
            while (_time.GetElapsedTime(start) < TimeSpan.FromMinutes(8))
            {
                // Bursts on all nodes at once, pauses and steps of any length.
                var asks = nodes.Select(node => BurstAsync(node, thing, limit, random.Next(0, limit + 1)));
                foreach (var passed in await Task.WhenAll(asks))
                    taken.AddRange(Enumerable.Repeat(_time.GetTimestamp(), passed));
                _time.Advance(TimeSpan.FromMilliseconds(random.Next(1, 6_000)));
            }
            for (int first = 0, last = 0; last < taken.Count; last++)
            {
                while (taken[last] - taken[first] >= TimeSpan.TicksPerMinute) first++;
                Assert.InRange(last - first + 1, 1, limit);
            }
            output.WriteLine($"{count} nodes, limit {limit}: {taken.Count / 8.0 / limit:0.00} of it");
            Assert.InRange(taken.Count, limit * 6, limit * 9);
        }
    }

    [Fact]
    public async Task Nodes_that_all_have_work_use_the_limit_to_the_last_L1()
    {
        var nodes = Enumerable.Range(0, 8).Select(_ => Start().Counts).ToList();
        foreach (var limit in new[] { 1, 7, 60, 1_000 })
        {
            var thing = Key with { Id = $"{limit}" };
            var passed = 0;
            for (var i = 0; i < limit; i++)
                foreach (var node in nodes) passed += await BurstAsync(node, thing, limit, 1);
            Assert.InRange(passed, limit - limit / 20, limit);
            foreach (var node in nodes) Assert.Equal(0, (await TakeAsync(node, thing, limit)).Left);
        }
    }

    [Fact]
    public async Task However_many_requests_there_are_the_store_is_asked_seldom()
    {
        var (one, two) = (Start(), Start());
        var requests = 0;
        for (var second = 0; second < 66; second++)
        {
            foreach (var node in new[] { one, two })
                requests += await BurstAsync(node.Counts, Key, 100_000, 500);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(66 * 2 * 500, requests);
        // A portion is a twentieth of the limit: in each segment one to begin with, one more, and what was left over.
        Assert.InRange(one.Wire.Calls + two.Wire.Calls, 22, 2 * (3 * 11 + 20));
    }

    [Fact]
    public async Task What_is_left_is_told_of_all_nodes_together()
    {
        var (one, two) = (Start().Counts, Start().Counts);
        for (var i = 0; i < 10; i++) Assert.True((await TakeAsync(one, Key, 30)).IsTaken);
        Assert.Equal(19, (await TakeAsync(two, Key, 30)).Left);
        for (var i = 0; i < 19; i++) Assert.True((await TakeAsync(one, Key, 30)).IsTaken);
        var refused = await TakeAsync(one, Key, 30);
        Assert.False(refused.IsTaken);
        Assert.InRange(refused.Reset, TimeSpan.FromSeconds(60), Window);
        _time.Advance(refused.Reset);
        Assert.True((await TakeAsync(two, Key, 30)).IsTaken);
    }

    [Fact]
    public async Task A_node_that_ends_gives_back_what_it_has_and_of_one_that_dies_it_comes_back_with_age()
    {
        var (ending, dying, other) = (Start(), Start(), Start().Counts);
        Assert.Equal(1, await BurstAsync(ending.Counts, Key, 100, 1));
        await ending.Counts.DisposeAsync();
        Assert.Equal(1, await BurstAsync(dying.Counts, Key, 100, 1));
        dying.Wire.IsCut = true;
        Assert.InRange(await BurstAsync(other, Key, 100, 100), 93, 97);
        _time.Advance(Window);
        Assert.Equal(100, await BurstAsync(other, Key, 100, 101));
    }

    [Fact]
    public async Task What_was_not_used_in_its_segment_is_given_back_although_nobody_calls()
    {
        var (one, two) = (Start(), Start());
        Assert.Equal(1, await BurstAsync(one.Counts, Key, 1_000, 1));
        await AdvanceAsync(one, TimeSpan.FromSeconds(7));
        Assert.Equal(999, await BurstAsync(two.Counts, Key, 1_000, 1_000));
    }

    [Fact]
    public async Task While_the_store_is_silent_the_lease_goes_on_to_its_end_and_then_nothing_passes()
    {
        var node = Start();
        Assert.Equal(1, await BurstAsync(node.Counts, Key, 1_000, 1));
        node.Wire.IsCut = true;
        var passed = 0;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            while (passed < 1_000 && await BurstAsync(node.Counts, Key, 1_000, 1) > 0) passed++;
        });
        Assert.InRange(passed, 49, 100);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => BurstAsync(node.Counts, Key with { Id = "8" }, 5, 1));
        node.Wire.IsCut = false;
        Assert.InRange(await BurstAsync(node.Counts, Key, 1_000, 1_000), 1_000 - 1 - 100, 1_000 - 1 - passed);
    }

    [Fact]
    public async Task A_lease_is_not_good_beyond_its_segment()
    {
        var node = Start();
        Assert.Equal(1, await BurstAsync(node.Counts, Key, 1_000, 1));
        node.Wire.IsCut = true;
        _time.Advance(RateWindow.SegmentLength);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => BurstAsync(node.Counts, Key, 1_000, 1));
    }

    [Fact]
    public async Task Tokens_that_one_node_notes_hold_up_calls_on_the_others_L1()
    {
        var (one, two) = (Start(), Start());
        var tokens = Key with { Kind = RateKind.AccountTokens };
        foreach (var node in new[] { one, two })
            Assert.True((await node.Counts.TakeAsync(tokens, 100, 0, default)).IsTaken);
        one.Counts.Note(tokens, 130);
        Assert.False((await one.Counts.TakeAsync(tokens, 100, 0, default)).IsTaken);
        one.Counts.Note(Key with { Id = "of no limit" }, 5);
        await AdvanceAsync(one, TimeSpan.FromSeconds(1));
        _time.Advance(RateWindow.SegmentLength);
        Assert.Equal((false, 0L), Said(await two.Counts.TakeAsync(tokens, 100, 0, default)));
        _time.Advance(Window);
        Assert.Equal((true, 100L), Said(await two.Counts.TakeAsync(tokens, 100, 0, default)));
    }

    [Theory]
    [InlineData(-3_600)]
    [InlineData(-20)]
    [InlineData(-1)]
    [InlineData(5)]
    public async Task A_clock_that_is_set_lets_no_more_through_and_holds_nobody_up_for_long_L1(int seconds)
    {
        var (one, two) = (Start().Counts, Start().Counts);
        Assert.Equal(60, await BurstAsync(one, Key, 60, 61));
        _store.Skew = TimeSpan.FromSeconds(seconds);
        _time.Advance(RateWindow.SegmentLength);
        foreach (var node in new[] { one, two }) Assert.Equal(0, await BurstAsync(node, Key, 60, 10));
        _time.Advance(Window + RateWindow.SegmentLength);
        Assert.Equal(60, await BurstAsync(one, Key, 60, 60));
    }

    private (SharedRateCounts Counts, MemoryRates.Wire Wire) Start()
    {
        var wire = _store.Connect();
        _nodes.Add(new(wire, _time));
        return (_nodes[^1], wire);
    }

    /// <summary>Lets time go by in which the node has something to tell, until it has told it.</summary>
    private async Task AdvanceAsync((SharedRateCounts Counts, MemoryRates.Wire Wire) node, TimeSpan by)
    {
        var calls = node.Wire.Calls;
        _time.Advance(by);
        while (node.Wire.Calls == calls) await Task.Yield();
        await TakeAsync(node.Counts, Key with { Id = "after it" }, 1);
    }

    /// <summary>How many of so many are let through.</summary>
    private static async Task<int> BurstAsync(SharedRateCounts node, RateThing thing, long limit, int asks)
    {
        var passed = 0;
        for (; asks > 0; asks--)
            if ((await TakeAsync(node, thing, limit)).IsTaken) passed++;
        return passed;
    }

    private static ValueTask<RateLevel> TakeAsync(SharedRateCounts node, RateThing thing, long limit) =>
        node.TakeAsync(thing, limit, 1, default);

    private static (bool IsTaken, long Left) Said(RateLevel level) => (level.IsTaken, level.Left);
}
