using System.Globalization;
using Tallystick.Bench;

// The budget of one charge: what each stage of it costs in processor time and memory; with --bytes only the memory,
// which takes a second and is the same each time.
await using var stages = await ChargeStages.OpenAsync();
var isOnlyBytes = args is ["--bytes"];
Console.WriteLine(isOnlyBytes ? "Stage\tbytes" : "Stage                                                µs     bytes");
foreach (var stage in stages.All)
{
    if (isOnlyBytes)
    {
        var bytes = await Stopwatches.BytesAsync(stage);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stage.Name.Trim()}\t{bytes:0}"));
        continue;
    }
    stages.Commits.Take();
    var cost = await Stopwatches.MeasureAsync(stage);
    Console.WriteLine($"{stage.Name,-46} {cost.Microseconds,8:0.00} {cost.Bytes,9:0}");
    if (stages.Commits.Take() is not var (rows, flush)) continue;
    Console.WriteLine($"{"  by the clock: rows and what finds them",-46} {rows,8:0.00}");
    Console.WriteLine($"{"  by the clock: the log's write and flush",-46} {flush,8:0.00}");
}
