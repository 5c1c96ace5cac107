namespace Tallystick.Api.Observability.Metrics;

/// <summary>
/// The figures of one instrument under one set of labels. Measured from any thread; read while it is measured, so that
/// a histogram's parts may be a few measurements apart.
/// </summary>
internal sealed class Series(double[] bounds)
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    /// <summary>A counter's total, a gauge's value, or the sum of what a histogram has seen.</summary>
    public double Sum => Volatile.Read(ref _sum);

    public void Add(double value)
    {
        var seen = _sum;
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _sum, seen + value, seen);
            if (before.Equals(seen)) return;
            seen = before;
        }
    }

    public void Observe(double value)
    {
        var bucket = Array.BinarySearch(bounds, value);
        Interlocked.Increment(ref _counts[bucket < 0 ? ~bucket : bucket]);
        Add(value);
    }

    /// <summary>How many were at most each bound, the last at most infinity.</summary>
    public IEnumerable<(double Bound, long Count)> Cumulated()
    {
        var count = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            count += Interlocked.Read(ref _counts[i]);
            yield return (i < bounds.Length ? bounds[i] : double.PositiveInfinity, count);
        }
    }
}
