using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Bench;

/// <summary>Single charges on kept-alive connections, each with a key of its own, on accounts chosen evenly.</summary>
internal sealed class ChargeLoad(ServerProcess server, string key, int accounts)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static int _runs;

    /// <summary>Closed loop: every connection sends as soon as it has been answered.</summary>
    public Task<LoadResult> RunAsync(int connections, TimeSpan duration, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        return MeasureAsync(connections, async (connection, latency) =>
        {
            while (Stopwatch.GetElapsedTime(started) < duration)
                await ExchangeAsync(connection, latency, Stopwatch.GetTimestamp(), cancel);
        }, cancel);
    }

    /// <summary>
    /// Open loop: charges fall due at a steady rate whether or not the earlier ones have been answered, and each one's
    /// time runs from when it fell due.
    /// </summary>
    public Task<LoadResult> RunAsync(int connections, long perSecond, TimeSpan duration, CancellationToken cancel)
    {
        var due = Channel.CreateUnbounded<long>(new() { SingleWriter = true });
        _ = Task.Run(() => ReleaseAsync(due.Writer, perSecond, duration, cancel), cancel);
        return MeasureAsync(connections, async (connection, latency) =>
        {
            await foreach (var since in due.Reader.ReadAllAsync(cancel))
                await ExchangeAsync(connection, latency, since, cancel);
        }, cancel);
    }

    private static async Task ReleaseAsync(
        ChannelWriter<long> due, long perSecond, TimeSpan duration, CancellationToken cancel)
    {
        var (started, released) = (Stopwatch.GetTimestamp(), 0L);
        using var timer = new PeriodicTimer(Tick);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            var elapsed = Stopwatch.GetElapsedTime(started);
            for (var now = Stopwatch.GetTimestamp(); released < (long)(elapsed.TotalSeconds * perSecond); released++)
                due.TryWrite(now);
            if (elapsed >= duration) break;
        }
        due.Complete();
    }

    private async Task<LoadResult> MeasureAsync(
        int connections, Func<Charger, LatencyHistogram, Task> load, CancellationToken cancel)
    {
        var run = Interlocked.Increment(ref _runs).ToString("D4", CultureInfo.InvariantCulture);
        var chargers = new Charger[connections];
        for (var i = 0; i < connections; i++)
        {
            chargers[i] = new(new ChargeScript(server.Address, key, run), new Random(i), i, connections);
            await chargers[i].Connection.ConnectAsync(server.Address, cancel);
        }
        var latencies = Array.ConvertAll(chargers, _ => new LatencyHistogram());
        var (serverCpu, loadCpu) = (server.CpuTime, Environment.CpuUsage.TotalTime);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(chargers.Select((charger, i) => Task.Run(() => load(charger, latencies[i]), cancel)));
        var took = Stopwatch.GetElapsedTime(started);
        var (serverCpuAfter, loadCpuAfter) = (server.CpuTime, Environment.CpuUsage.TotalTime);
        var all = new LatencyHistogram();
        foreach (var latency in latencies) all.Add(latency);
        foreach (var charger in chargers) charger.Connection.Dispose();
        return new(all.Count, took, all, serverCpuAfter - serverCpu, loadCpuAfter - loadCpu);
    }

    private async ValueTask ExchangeAsync(
        Charger charger, LatencyHistogram latency, long since, CancellationToken cancel)
    {
        charger.Script.Write(charger.Buffer, charger.Random.Next(accounts), charger.NextNumber());
        var status = await charger.Connection.ExchangeAsync(charger.Buffer, cancel);
        if (status != StatusCodes.Status201Created)
            throw new BenchException($"A charge was answered {charger.Connection.LastAnswer(600)}");
        latency.Record(Stopwatch.GetElapsedTime(since));
    }

    /// <summary>A connection with what it sends; the numbers of all of them are apart.</summary>
    private sealed class Charger(ChargeScript script, Random random, int first, int step)
    {
        private long _number = first;

        public ChargeScript Script => script;
        public Random Random => random;
        public byte[] Buffer { get; } = script.NewBuffer();
        public LoadConnection Connection { get; } = new();
        public long NextNumber() => _number += step;
    }
}
