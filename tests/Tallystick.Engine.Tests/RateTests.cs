using System.Net;
using Tallystick.Engine.Limits;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>Limits by the minute, and the brake on guessing.</summary>
public sealed class RateTests(ITestOutputHelper output)
{
    private static readonly RateThing Key = new(RateKind.KeyRequests, 1, "7");
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.7"), There = IPAddress.Parse("192.0.2.8");
    private readonly ManualTime _time = new();

    [Fact]
    public void No_sixty_seconds_have_more_than_the_limit_and_hardly_fewer_are_let_through_L1()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TALLY_SEED"), out var given)
            ? given : Random.Shared.Next();
        output.WriteLine($"TALLY_SEED={seed}");
        var random = new Random(seed);
        for (var round = 0; round < 50; round++)
        {
            var (counts, limit) = (new RateCounts(_time), random.Next(1, 300));
            var taken = new List<long>();
            var start = _time.GetTimestamp();
            while (_time.GetElapsedTime(start) < TimeSpan.FromMinutes(10))
            {
                // Bursts, pauses and steps of any length.
                for (var asks = random.Next(0, limit); asks >= 0; asks--)
                    if (counts.Take(Key, limit, 1).IsTaken) taken.Add(_time.GetTimestamp());
                _time.Advance(TimeSpan.FromMilliseconds(random.Next(1, 6_000)));
            }
            for (int first = 0, last = 0; last < taken.Count; last++)
            {
                while (taken[last] - taken[first] >= TimeSpan.TicksPerMinute) first++;
                Assert.InRange(last - first + 1, 1, limit);
            }
            Assert.InRange(taken.Count, limit * 8, limit * 11);
        }
    }

    [Fact]
    public void What_is_refused_is_told_when_to_come_again_and_is_let_through_then()
    {
        var counts = new RateCounts(_time);
        _time.Advance(TimeSpan.FromSeconds(4));
        for (var i = 0; i < 3; i++) Assert.True(counts.Take(Key, 3, 1).IsTaken);
        var refused = counts.Take(Key, 3, 1);
        Assert.Equal((false, 0L, TimeSpan.FromSeconds(62)), (refused.IsTaken, refused.Left, refused.Reset));
        _time.Advance(refused.Reset - TimeSpan.FromMilliseconds(1));
        Assert.False(counts.Take(Key, 3, 1).IsTaken);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((true, 2L), (counts.Take(Key, 3, 1).IsTaken, counts.Take(Key, 3, 0).Left));
        Assert.False(counts.Take(Key, 0, 1).IsTaken);
    }

    [Fact]
    public void What_was_used_beyond_the_limit_holds_up_what_comes_after_it_and_others_are_not_touched()
    {
        var counts = new RateCounts(_time);
        Assert.True(counts.Take(Key, 100, 0).IsTaken);
        counts.Note(Key, 150);
        Assert.Equal((false, 0L), (counts.Take(Key, 100, 0).IsTaken, counts.Take(Key, 100, 0).Left));
        RateThing[] others = [Key with { Project = 2 }, Key with { Id = "8" }, Key with { Kind = RateKind.KeyTokens }];
        foreach (var other in others)
            Assert.Equal(100, counts.Take(other, 100, 0).Left);
        _time.Advance(TimeSpan.FromSeconds(66));
        Assert.True(counts.Take(Key, 100, 0).IsTaken);
    }

    [Fact]
    public void What_nobody_uses_is_forgotten()
    {
        var counts = new RateCounts(_time);
        for (var i = 0; i < 10_000; i++) counts.Take(Key with { Id = $"{i}" }, 10, 1);
        Assert.Equal(10_000, counts.Count);
        _time.Advance(TimeSpan.FromMinutes(2));
        counts.Take(Key, 10, 1);
        Assert.InRange(counts.Count, 1, 2);
    }

    [Fact]
    public void After_so_many_failures_from_an_address_only_what_was_good_is_looked_at_A7()
    {
        var brake = new FailureBrake(60, _time);
        brake.Passed("good");
        for (var i = 0; i < 60; i++)
        {
            Assert.Null(brake.HoldsUp(Here, "any"));
            brake.Failed(Here);
        }
        var wait = Assert.NotNull(brake.HoldsUp(Here, "any"));
        Assert.InRange(wait, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(66));
        Assert.NotNull(brake.HoldsUp(IPAddress.Parse("::ffff:192.0.2.7"), "any"));
        Assert.Null(brake.HoldsUp(Here, "good"));
        Assert.Null(brake.HoldsUp(There, "any"));
        _time.Advance(wait);
        Assert.Null(brake.HoldsUp(Here, "any"));
        _time.Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < 60; i++) brake.Failed(Here);
        Assert.NotNull(brake.HoldsUp(Here, "good"));
    }

    [Fact]
    public void Of_ipv6_the_network_counts_A7()
    {
        var brake = new FailureBrake(60, _time);
        for (var i = 0; i < 60; i++) brake.Failed(IPAddress.Parse($"2001:db8:1:2::{i:x}"));
        Assert.NotNull(brake.HoldsUp(IPAddress.Parse("2001:db8:1:2:ffff::1"), "any"));
        Assert.Null(brake.HoldsUp(IPAddress.Parse("2001:db8:1:3::1"), "any"));
    }

    [Fact]
    public void A_thousand_that_try_are_held_up_and_hardly_anybody_else_is_A7()
    {
        var brake = new FailureBrake(60, _time);
        for (var i = 0; i < 1_000; i++)
            for (var tries = 0; tries < 60; tries++) brake.Failed(Address(10, i));
        for (var i = 0; i < 1_000; i++) Assert.NotNull(brake.HoldsUp(Address(10, i), "any"));
        // A quarter of each row's cells is full: one address in 256 meets them in all four.
        var others = Enumerable.Range(0, 10_000).Count(i => brake.HoldsUp(Address(11, i), "any") is not null);
        Assert.InRange(others, 0, 150);

        static IPAddress Address(byte network, int i) => new([network, 0, (byte)(i >> 8), (byte)(i & 255)]);
    }
}
