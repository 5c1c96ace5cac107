using System.Collections.Concurrent;
using System.Diagnostics;

namespace Tallystick.Testing;

/// <summary>
/// How late this machine is with everything: what a promise in seconds is measured with while others use its cores.
/// </summary>
public static class Lateness
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly ConcurrentQueue<(long At, TimeSpan Late)> Seen = new();
    private static readonly Task Watch = Task.Factory.StartNew(WatchAsync, TaskCreationOptions.LongRunning).Unwrap();

    /// <summary>How long a timer has waited for its turn since then, all in all.</summary>
    public static TimeSpan Since(long timestamp) => Watch.IsFaulted ? throw Watch.Exception : TimeSpan.FromTicks(
        Seen.Where(one => one.At >= timestamp).Sum(one => one.Late.Ticks));

    private static async Task WatchAsync()
    {
        while (true)
        {
            var since = Stopwatch.GetTimestamp();
            await Task.Delay(Tick);
            // A timer may be late by a tick of its own.
            var late = Stopwatch.GetElapsedTime(since) - Tick - Tick;
            if (late > TimeSpan.Zero) Seen.Enqueue((Stopwatch.GetTimestamp(), late));
            while (Seen.Count > 10_000) Seen.TryDequeue(out _);
        }
    }
}
