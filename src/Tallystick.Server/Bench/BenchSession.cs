using System.Globalization;
using Tallystick.Engine.Audit;
using Tallystick.Server.Commands;
using Tallystick.Server.Measuring;
using Tallystick.Store.Sqlite;

namespace Tallystick.Server.Bench;

/// <summary>
/// One run of the bench. What is compared takes turns in short rounds, so that whatever else the machine does meets all
/// of it alike; the books are verified at the end.
/// </summary>
internal sealed class BenchSession(TimeSpan duration, int entries, int accounts)
{
    private static readonly TimeSpan LatencyMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BeforeKill = TimeSpan.FromSeconds(5);
    private static readonly Dictionary<string, string?> NoEnvironment = [];
    private const int Reads = 1_000, TopConnections = 256;
    private readonly TextWriter _output = Console.Out;

    /// <summary>True if the books hold.</summary>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        await using var empty = await ServerProcess.StartAsync(
            ["bench", "--empty-endpoint", "http://127.0.0.1:0"], NoEnvironment, cancel);
        var began = TimeProvider.System.GetUtcNow();
        Say("Filling a store", $"{entries:N0} entries, {accounts:N0} accounts");
        await using var store = await BenchStore.OpenAsync(accounts, entries, cancel);
        var flush = DiskFlush.Measure(store.Server.Folder);
        Say("One flush of this disk", $"{Words(flush.Permille(500))} (99 % within {Words(flush.Permille(990))})");

        var nothing = new ChargeLoad(empty, store.Server.Key, accounts);
        var top = await ChargesAsync(nothing, store, cancel);
        await BatchesAsync(store, top.Empty, cancel);
        await LatenciesAsync(nothing, store, top.Uniform, cancel);
        await GrowthAsync(store, began, cancel);
        var isSound = VerifyCommand.Run(SqliteAudit.Open(store.Server.Folder), new()) == ExitCode.Ok;
        store.Server.KeepsFolder = !isSound;
        return isSound;
    }

    private async Task<(double Empty, double Uniform)> ChargesAsync(
        ChargeLoad nothing, BenchStore store, CancellationToken cancel)
    {
        var (empty, uniform) = (0.0, 0.0);
        foreach (var connections in (int[])[64, TopConnections])
        {
            var (bytes, entriesBefore) = (store.Bytes, store.Charges);
            Scenario[] scenarios =
            [
                new("empty endpoint", (time, stop) => nothing.RunAsync(connections, time, stop)),
                new("charges", (time, stop) =>
                    store.DrainedAsync(store.Uniform.RunAsync(connections, time, stop), stop)),
                new("charges, one account", (time, stop) =>
                    store.DrainedAsync(store.Hot.RunAsync(connections, time, stop), stop)),
            ];
            await Scenario.TakeTurnsAsync(scenarios, duration, cancel);
            var table = new TextTable(
                $"{connections} connections", "per second", "of empty", "median", "99 %", "server µs", "load µs");
            foreach (var scenario in scenarios)
                table.Add(Row(scenario, scenario.PerSecond.Median / scenarios[0].PerSecond.Median));
            _output.WriteLine(table);
            Say("Bytes of the store", $"{(store.Bytes - bytes) / (double)(store.Charges - entriesBefore):N0} a charge");
            (empty, uniform) = (scenarios[0].PerSecond.Median, scenarios[1].PerSecond.Median);
        }
        return (empty, uniform);
    }

    private async Task BatchesAsync(BenchStore store, double empty, CancellationToken cancel)
    {
        var batches = new Scenario("charges, 1,000 a request", (time, stop) =>
            store.DrainedAsync(store.Batches.ChargeAsync(long.MaxValue, time, stop), stop));
        await Scenario.TakeTurnsAsync([batches], duration, cancel);
        var table = new TextTable("8 connections", "per second", "of empty", "median", "99 %", "server µs", "load µs");
        table.Add(Row(batches, batches.PerSecond.Median / empty));
        _output.WriteLine(table);
    }

    private async Task LatenciesAsync(
        ChargeLoad nothing, BenchStore store, double uniform, CancellationToken cancel)
    {
        var half = (long)uniform / 2;
        Scenario[] scenarios =
        [
            new("one connection", async (time, stop) => store.Count(await store.Uniform.RunAsync(1, time, stop))),
            new("half of the top load", async (time, stop) =>
                store.Count(await store.Uniform.RunAsync(TopConnections, half, time, stop))),
            new("empty endpoint, as often", (time, stop) => nothing.RunAsync(TopConnections, half, time, stop)),
            new("flushes of the disk", (time, _) => Task.FromResult(DiskFlush.Run(store.Server.Folder, time))),
        ];
        await Scenario.TakeTurnsAsync(
            scenarios, duration < LatencyMax ? duration : LatencyMax, cancel);
        var table = new TextTable("Latency", "per second", "median", "90 %", "99 %", "99.9 %", "longest");
        foreach (var scenario in scenarios)
            table.Add(
                scenario.Name, scenario.PerSecond.Text("N0"), Words(scenario.Latency.Permille(500)),
                Words(scenario.Latency.Permille(900)), Words(scenario.Latency.Permille(990)),
                Words(scenario.Latency.Permille(999)), Words(scenario.Latency.Max));
        _output.WriteLine(table);
    }

    private async Task GrowthAsync(BenchStore store, DateTimeOffset began, CancellationToken cancel)
    {
        Say("Memory of the server", $"{store.Server.Process.Memory >> 20:N0} MiB");
        await store.KillUnderLoadAsync(BeforeKill, cancel);
        Say("Start after a kill under load", $"{Words(store.Server.Process.StartTime)}");
        var now = TimeProvider.System.GetUtcNow();
        var (balance, at) = (new LatencyHistogram(), new LatencyHistogram());
        for (var i = 0; i < Reads; i++)
        {
            balance.Record(await store.BalanceAsync(i % accounts, null, cancel));
            at.Record(await store.BalanceAsync(0, now - i * ((now - began) / Reads), cancel));
        }
        Say("Balance", $"{Words(balance.Permille(500))} (99 % within {Words(balance.Permille(990))})");
        Say("Balance of some past instant", $"{Words(at.Permille(500))} (99 % within {Words(at.Permille(990))})");
    }

    private static string[] Row(Scenario scenario, double ratio) =>
    [
        scenario.Name, scenario.PerSecond.Text("N0"), ratio.ToString("0.00", CultureInfo.InvariantCulture),
        Words(scenario.Latency.Permille(500)), Words(scenario.Latency.Permille(990)),
        scenario.ServerMicroseconds.Text("0.0"), scenario.LoadMicroseconds.Text("0.0"),
    ];

    private void Say(string what, FormattableString said) =>
        _output.WriteLine($"{what}: {said.ToString(CultureInfo.InvariantCulture)}");

    private static string Words(TimeSpan time) => time.TotalMilliseconds >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0} µs");
}
