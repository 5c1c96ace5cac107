using Tallystick.Server.Measuring;

namespace Tallystick.Server.Bench;

/// <summary>
/// What servers still write after their last answer, indexes, states and checkpoints, belongs to the work: the clock
/// stops when they have nothing left to do.
/// </summary>
internal static class Drain
{
    private static readonly TimeSpan Max = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);
    // One tick of the processes' clocks.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(10);

    /// <summary>How long they were busy; what was waited to know that they are not is no part of it.</summary>
    public static async Task<TimeSpan> WaitAsync(IReadOnlyList<ServerProcess> servers, CancellationToken cancel)
    {
        for (var waited = TimeSpan.Zero; waited < Max; waited += Window)
        {
            var before = CpuTime(servers);
            await Task.Delay(Window, cancel);
            if (CpuTime(servers) - before <= Quiet) return waited;
        }
        throw new BenchException("The store does not catch up.");
    }

    /// <summary>A stretch of load with what it left to do.</summary>
    public static async Task<LoadResult> AfterAsync(
        Task<LoadResult> load, IReadOnlyList<ServerProcess> servers, CancellationToken cancel)
    {
        var result = await load;
        var before = CpuTime(servers);
        var busy = await WaitAsync(servers, cancel);
        return result with
        {
            Took = result.Took + busy,
            ServerCpu = result.ServerCpu + (CpuTime(servers) - before),
        };
    }

    private static TimeSpan CpuTime(IReadOnlyList<ServerProcess> servers) =>
        servers.Aggregate(TimeSpan.Zero, (sum, server) => sum + server.CpuTime);
}
