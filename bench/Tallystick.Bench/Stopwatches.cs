namespace Tallystick.Bench;

/// <summary>
/// Measures by processor time, which does not see what else the machine does: the median of several rounds, each long
/// enough for the clock.
/// </summary>
internal static class Stopwatches
{
    private const int Rounds = 7, BytesOperations = 10_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5), Round = TimeSpan.FromMilliseconds(400);

    /// <summary>Bytes allocated for one operation, of several rounds the fewest.</summary>
    public static async Task<double> BytesAsync(Stage stage)
    {
        var (run, fewest, runs) = (0, double.MaxValue, BytesOperations / stage.Operations);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < runs; i++) await stage.RunAsync(run++);
            bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
            fewest = Math.Min(fewest, (double)bytes / (runs * stage.Operations));
        }
        return fewest;
    }

    public static async Task<Cost> MeasureAsync(Stage stage)
    {
        var run = 0;
        await RunForAsync(WarmUp);
        var costs = new List<Cost>();
        for (var i = 0; i < Rounds; i++) costs.Add(await RunForAsync(Round));
        return new(
            costs.Select(cost => cost.Microseconds).Order().ElementAt(Rounds / 2),
            costs.Select(cost => cost.Bytes).Order().ElementAt(Rounds / 2));

        async Task<Cost> RunForAsync(TimeSpan time)
        {
            var (cpu, bytes) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));
            var (since, first) = (TimeProvider.System.GetTimestamp(), run);
            while (TimeProvider.System.GetElapsedTime(since) < time) await stage.RunAsync(run++);
            var operations = (double)(run - first) * stage.Operations;
            return new(
                (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / operations,
                (GC.GetTotalAllocatedBytes(precise: true) - bytes) / operations);
        }
    }
}
