using System.Diagnostics;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Bench;

/// <summary>What one flush of this disk takes: a page is appended to a file and made durable, many times.</summary>
internal static class DiskFlush
{
    private const int PageBytes = 4_096, Flushes = 1_000, PagesMax = 16_384;

    public static LatencyHistogram Measure(string folder) => Measure(folder, (flushes, _) => flushes < Flushes);

    /// <summary>One after the other for so long: what nothing that is durable can be steadier than.</summary>
    public static LoadResult Run(string folder, TimeSpan duration)
    {
        var before = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        var latency = Measure(folder, (_, since) => Stopwatch.GetElapsedTime(started, since) < duration);
        return new(
            latency.Count, Stopwatch.GetElapsedTime(started), latency, default,
            Environment.CpuUsage.TotalTime - before);
    }

    private static LatencyHistogram Measure(string folder, Func<long, long, bool> goesOn)
    {
        var path = Path.Combine(folder, "flush-probe");
        var page = new byte[PageBytes];
        var latency = new LatencyHistogram();
        using var file = File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.Write, options: FileOptions.DeleteOnClose);
        var since = Stopwatch.GetTimestamp();
        for (var i = 0L; goesOn(i, since); i++)
        {
            RandomAccess.Write(file, page, i % PagesMax * PageBytes);
            RandomAccess.FlushToDisk(file);
            var now = Stopwatch.GetTimestamp();
            latency.Record(Stopwatch.GetElapsedTime(since, now));
            since = now;
        }
        return latency;
    }
}
