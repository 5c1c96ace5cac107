using System.Globalization;
using Tallystick.Engine.Audit;
using Tallystick.Server.Commands;
using Tallystick.Server.Measuring;
using Tallystick.Server.Replay;
using Tallystick.Store.Sqlite;

namespace Tallystick.Server.Bench;

/// <summary>
/// One store that grows tenfold from step to step, an account for every ten entries and every tenth entry one
/// account's: at each size its rate beside an empty endpoint's, a start after a kill, balances, memory, bytes.
/// </summary>
internal sealed class GrowthSession(TimeSpan duration, long entriesMax, FileInfo? picture)
{
    private const long EntriesMin = 10_000;
    private const int Connections = 64, EntriesPerAccount = 10, Reads = 200, Step = 10;
    private readonly TextWriter _output = Console.Out;
    private readonly List<GrowthPoint> _points = [];

    /// <summary>True if the books hold.</summary>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        await using var empty = await ServerProcess.StartAsync(
            ["bench", "--empty-endpoint", "http://127.0.0.1:0"], new Dictionary<string, string?>(), cancel);
        await using var store = new BenchStore(await OwnServer.StartAsync(null, cancel), 0);
        var server = store.Server;
        var began = TimeProvider.System.GetUtcNow();
        var (accounts, entries) = (0, 0L);
        for (var size = EntriesMin; size <= entriesMax; size *= Step)
        {
            var wanted = (int)(size / EntriesPerAccount);
            await BenchAccounts.OpenAsync(server.Process, server.Key, accounts, wanted, cancel);
            entries += 2L * (wanted - accounts);
            accounts = wanted;
            // Another process after each step.
            var (one, all) = (
                new BatchLoad(server.Process, server.Key, 1), new BatchLoad(server.Process, server.Key, accounts));
            entries += (await one.ChargeAsync(size / Step, TimeSpan.MaxValue, cancel)).Operations;
            if (entries < size)
                entries += (await all.ChargeAsync(size - entries, TimeSpan.MaxValue, cancel)).Operations;
            await store.DrainAsync(cancel);
            var bytes = store.Bytes / entries;
            var (rate, ratio, more) = await ChargesAsync(empty, server, accounts, cancel);
            entries += more;
            var memory = server.Process.Memory;
            await server.KillAndStartAsync(cancel);
            var (balance, past) = await BalancesAsync(store, accounts, began, cancel);
            _points.Add(new(size, accounts, rate, ratio, server.Process.StartTime, balance, past, memory, bytes));
            _output.WriteLine(Words(_points[^1]));
        }
        var table = new TextTable(
            "Entries", "accounts", "charges a second", "of empty", "of the first", "start after a kill", "balance",
            "balance of the past", "MiB", "bytes");
        foreach (var point in _points) table.Add(Cells(point));
        _output.WriteLine(table);
        if (picture is not null)
            await File.WriteAllTextAsync(picture.FullName, GrowthPicture.Draw(_points), cancel);
        var isSound = VerifyCommand.Run(SqliteAudit.Open(server.Folder), new()) == ExitCode.Ok;
        server.KeepsFolder = !isSound;
        return isSound;
    }

    private async Task<(double Rate, double Ratio, long Charges)> ChargesAsync(
        ServerProcess empty, OwnServer server, int accounts, CancellationToken cancel)
    {
        var charges = 0L;
        var (nothing, load) = (
            new ChargeLoad(empty, server.Key, accounts), new ChargeLoad(server.Process, server.Key, accounts));
        Scenario[] scenarios =
        [
            new("empty endpoint", (time, stop) => nothing.RunAsync(Connections, time, stop)),
            new("charges", async (time, stop) =>
            {
                var result = await Drain.AfterAsync(
                    load.RunAsync(Connections, time, stop), [server.Process], stop);
                charges += result.Operations;
                return result;
            }),
        ];
        await Scenario.TakeTurnsAsync(scenarios, duration, cancel);
        var (none, ours) = (scenarios[0].PerSecond.Median, scenarios[1].PerSecond.Median);
        return (ours, ours / none, charges);
    }

    /// <summary>Medians: of accounts all over; of instants all over the past of the one with most entries.</summary>
    private static async Task<(TimeSpan Now, TimeSpan Past)> BalancesAsync(
        BenchStore store, int accounts, DateTimeOffset began, CancellationToken cancel)
    {
        var (now, past) = (new LatencyHistogram(), new LatencyHistogram());
        var end = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < Reads; i++)
        {
            now.Record(await store.BalanceAsync((int)((long)i * accounts / Reads), null, cancel));
            past.Record(await store.BalanceAsync(0, end - i * ((end - began) / Reads), cancel));
        }
        return (now.Permille(500), past.Permille(500));
    }

    private string[] Cells(GrowthPoint point) =>
    [
        Number(point.Entries), Number(point.Accounts), Number(point.PerSecond), Ratio(point.OfEmpty),
        Ratio(point.OfEmpty / _points[0].OfEmpty), Milliseconds(point.Start), Milliseconds(point.Balance),
        Milliseconds(point.PastBalance), Number(point.Memory >> 20), Number(point.Bytes),
    ];

    private static string Words(GrowthPoint point) =>
        $"{Number(point.Entries)} entries: {Number(point.PerSecond)} charges a second";

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
    private static string Ratio(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
    private static string Milliseconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");
}
