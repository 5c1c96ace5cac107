using Tallystick.Server.Measuring;
using Xunit;

namespace Tallystick.Server.Tests.Replay;

/// <summary>Percentiles are those of the sorted list, but for the width of a bucket.</summary>
public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentiles_are_within_a_64th_of_the_exact_ones()
    {
        var random = new Random(11);
        var histogram = new LatencyHistogram();
        var all = new List<long>();
        for (var i = 0; i < 20_000; i++)
        {
            var micros = (long)Math.Exp(random.NextDouble() * Math.Log(3e9));
            all.Add(micros);
            histogram.Record(TimeSpan.FromMicroseconds(micros));
        }
        all.Sort();
        foreach (var permille in (int[])[1, 250, 500, 900, 990, 999, 1_000])
        {
            var exact = all[(all.Count * permille + 999) / 1_000 - 1];
            var said = histogram.Permille(permille).Ticks / TimeSpan.TicksPerMicrosecond;
            Assert.InRange(said, exact, exact + exact / 64 + 1);
        }
        Assert.Equal(all[^1], histogram.Max.Ticks / TimeSpan.TicksPerMicrosecond);
        Assert.Equal(all.Sum() / all.Count, histogram.Mean.Ticks / TimeSpan.TicksPerMicrosecond);
    }

    [Fact]
    public void Two_together_are_as_one()
    {
        var (one, two, both) = (new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        for (var i = 1; i <= 1_000; i++)
        {
            (i % 3 == 0 ? one : two).Record(TimeSpan.FromMicroseconds(i * i));
            both.Record(TimeSpan.FromMicroseconds(i * i));
        }
        one.Add(two);
        Assert.Equal(both.Count, one.Count);
        Assert.Equal(both.Max, one.Max);
        Assert.All(
            Enumerable.Range(1, 1_000), permille => Assert.Equal(both.Permille(permille), one.Permille(permille)));
    }

    [Fact]
    public void An_empty_one_says_nothing_and_extremes_have_a_place()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(TimeSpan.Zero, histogram.Permille(990));
        histogram.Record(TimeSpan.Zero);
        histogram.Record(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.Zero, histogram.Permille(500));
        Assert.Equal(TimeSpan.FromHours(1), histogram.Max);
    }
}
