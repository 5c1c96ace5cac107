using Tallystick.Bench;

// The budget of one charge: what each stage of it costs in processor time and memory.
await using var stages = await ChargeStages.OpenAsync();
Console.WriteLine("Stage                                          µs     bytes");
foreach (var stage in stages.All)
{
    var cost = await Stopwatches.MeasureAsync(stage);
    Console.WriteLine($"{stage.Name,-42} {cost.Microseconds,8:0.00} {cost.Bytes,9:0}");
}
