using System.Diagnostics;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Bench;

/// <summary>What one flush of this disk takes: a page is appended to a file and made durable, many times.</summary>
internal static class DiskFlush
{
    private const int PageBytes = 4_096, Flushes = 1_000;

    public static LatencyHistogram Measure(string folder)
    {
        var path = Path.Combine(folder, "flush-probe");
        var page = new byte[PageBytes];
        var latency = new LatencyHistogram();
        using (var file = File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.Write, options: FileOptions.DeleteOnClose))
        {
            for (var i = 0; i < Flushes; i++)
            {
                var since = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, page, (long)i * PageBytes);
                RandomAccess.FlushToDisk(file);
                latency.Record(Stopwatch.GetElapsedTime(since));
            }
        }
        return latency;
    }
}
