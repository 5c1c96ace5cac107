using System.Collections.Concurrent;

namespace Tallystick.Engine.Limits;

/// <summary>Counts in this process alone. What was not used for a while is forgotten. Thread-safe.</summary>
public sealed class RateCounts(TimeProvider time) : IRateCounts
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<RateThing, RateWindow> _windows = new();
    private readonly long _start = time.GetTimestamp();
    private long _sweptAt;

    /// <summary>Things that are remembered.</summary>
    public int Count => _windows.Count;

    public ValueTask<RateLevel> TakeAsync(RateThing thing, long limit, long amount, CancellationToken cancel) =>
        new(Take(thing, limit, amount));

    public void Note(RateThing thing, long amount)
    {
        var window = WindowOf(thing);
        lock (window) window.Add(Segment, amount);
    }

    public RateLevel Take(RateThing thing, long limit, long amount)
    {
        var window = WindowOf(thing);
        lock (window)
        {
            var segment = Segment;
            // Of nothing it is asked whether anything is left.
            var wait = window.SegmentsUntil(segment, limit, Math.Max(1, amount));
            if (wait == 0 && amount > 0) window.Add(segment, amount);
            var left = Math.Max(0, limit - window.Used(segment));
            var ahead = wait > 0 ? wait : window.SegmentsUntil(segment, limit, left + 1);
            return new(wait == 0, left, UntilSegment(segment + ahead));
        }
    }

    private long Segment => RateWindow.SegmentAt(time.GetElapsedTime(_start));

    private TimeSpan UntilSegment(long segment) =>
        TimeSpan.FromTicks(segment * RateWindow.SegmentLength.Ticks) - time.GetElapsedTime(_start);

    private RateWindow WindowOf(RateThing thing)
    {
        Sweep();
        return _windows.GetOrAdd(thing, static _ => new());
    }

    /// <summary>By whoever comes first after a minute: what is forgotten has nothing left to say.</summary>
    private void Sweep()
    {
        var (now, last) = (time.GetTimestamp(), Interlocked.Read(ref _sweptAt));
        if (time.GetElapsedTime(last, now) < SweepEvery || Interlocked.CompareExchange(ref _sweptAt, now, last) != last)
            return;
        var segment = Segment;
        foreach (var (thing, window) in _windows)
            lock (window)
                if (segment - window.LastSegment >= RateWindow.Segments) _windows.TryRemove(new(thing, window));
    }
}
