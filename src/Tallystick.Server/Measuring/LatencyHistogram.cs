using System.Numerics;

namespace Tallystick.Server.Measuring;

/// <summary>
/// Counts durations in buckets that are at most 1/64 wide of what they hold, from a microsecond to an hour, in 14 KiB.
/// Thread-safe; recording allocates nothing.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Fine = 6, PerDoubling = 1 << Fine;
    private const long MicrosMax = 3_600_000_000;
    private static readonly int Buckets = IndexOf(MicrosMax) + 1;
    private readonly long[] _counts = new long[Buckets];
    private long _count, _sum, _max;

    public long Count => Interlocked.Read(ref _count);
    public TimeSpan Max => FromMicros(Interlocked.Read(ref _max));
    public TimeSpan Mean => FromMicros(Count == 0 ? 0 : Interlocked.Read(ref _sum) / Count);

    public void Record(TimeSpan duration)
    {
        var micros = Math.Clamp(duration.Ticks / TimeSpan.TicksPerMicrosecond, 0, MicrosMax);
        Interlocked.Increment(ref _counts[IndexOf(micros)]);
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _sum, micros);
        for (var max = Interlocked.Read(ref _max); micros > max;)
        {
            var seen = Interlocked.CompareExchange(ref _max, micros, max);
            if (seen == max) break;
            max = seen;
        }
    }

    /// <summary>The duration that so many thousandths of all did not exceed (500 is the median).</summary>
    public TimeSpan Permille(int permille)
    {
        var rank = (Count * permille + 999) / 1_000;
        long seen = 0;
        for (var i = 0; i < Buckets; i++)
        {
            seen += Interlocked.Read(ref _counts[i]);
            if (seen >= rank && seen > 0) return FromMicros(Math.Min(EndOf(i), Interlocked.Read(ref _max)));
        }
        return default;
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < Buckets; i++) Interlocked.Add(ref _counts[i], Interlocked.Read(ref other._counts[i]));
        Interlocked.Add(ref _count, other.Count);
        Interlocked.Add(ref _sum, Interlocked.Read(ref other._sum));
        Interlocked.Exchange(ref _max, Math.Max(Interlocked.Read(ref _max), Interlocked.Read(ref other._max)));
    }

    /// <summary>Below two fine ranges each microsecond has its bucket; above, each doubling has 64.</summary>
    private static int IndexOf(long micros)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)micros | 1) - Fine);
        return shift * PerDoubling + (int)(micros >> shift);
    }

    private static long EndOf(int index)
    {
        var shift = Math.Max(0, index / PerDoubling - 1);
        return ((long)(index - shift * PerDoubling + 1) << shift) - 1;
    }

    private static TimeSpan FromMicros(long micros) => new(micros * TimeSpan.TicksPerMicrosecond);
}
