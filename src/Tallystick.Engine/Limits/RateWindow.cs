namespace Tallystick.Engine.Limits;

/// <summary>
/// What one thing has used in the last minute, by segments of six seconds: the ten that are over and the one under way.
/// Any sixty seconds lie within eleven segments, so none has more than the limit, wherever they begin. Not thread-safe.
/// </summary>
public sealed class RateWindow
{
    public const int Segments = 11;
    public static readonly TimeSpan SegmentLength = TimeSpan.FromSeconds(6);
    private readonly long[] _used = new long[Segments];
    private long _segment;

    public RateWindow() { }

    /// <summary>As <see cref="ToArray"/> gave it away.</summary>
    /// <param name="segment">The one that the first figure is of.</param>
    public RateWindow(long segment, ReadOnlySpan<long> newestFirst)
    {
        _segment = segment;
        for (var back = 0; back < newestFirst.Length; back++) _used[Place(segment - back)] = newestFirst[back];
    }

    /// <summary>The segment that was used last.</summary>
    public long LastSegment => _segment;

    public static long SegmentAt(TimeSpan time) => time.Ticks / SegmentLength.Ticks;

    /// <summary>When a segment ends.</summary>
    public static TimeSpan EndOf(long segment) => TimeSpan.FromTicks((segment + 1) * SegmentLength.Ticks);

    public long Used(long segment)
    {
        MoveTo(segment);
        return _used.Sum();
    }

    public void Add(long segment, long amount)
    {
        MoveTo(segment);
        _used[Place(_segment)] += amount;
    }

    /// <summary>Takes back what a segment was given; of one that is forgotten, or has less, nothing more.</summary>
    public void Return(long segment, long amount)
    {
        if (segment > _segment || segment <= _segment - Segments) return;
        ref var used = ref _used[Place(segment)];
        used = Math.Max(0, used - amount);
    }

    /// <summary>What each segment has used, the last one first.</summary>
    public long[] ToArray() => [.. Enumerable.Range(0, Segments).Select(back => _used[Place(_segment - back)])];

    /// <summary>Segments from now on until so much may be used under a limit; never more than there are.</summary>
    public int SegmentsUntil(long segment, long limit, long amount)
    {
        var used = Used(segment);
        for (var ahead = 0; ahead < Segments; ahead++)
        {
            if (used + amount <= limit) return ahead;
            used -= _used[Place(_segment + ahead + 1)];
        }
        return Segments;
    }

    /// <summary>What is older than the segments is forgotten; time that goes back stands still.</summary>
    private void MoveTo(long segment)
    {
        if (segment - _segment >= Segments) Array.Clear(_used);
        else for (var next = _segment + 1; next <= segment; next++) _used[Place(next)] = 0;
        _segment = Math.Max(_segment, segment);
    }

    private static int Place(long segment) => (int)((segment % Segments + Segments) % Segments);
}
