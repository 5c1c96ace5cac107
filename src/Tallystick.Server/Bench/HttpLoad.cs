using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Bench;

/// <summary>Requests on kept-alive connections, each with a script of its own.</summary>
/// <param name="status">That every one of them must be answered with.</param>
/// <param name="operations">Of each request.</param>
internal abstract class HttpLoad(ServerProcess server, int status, int operations = 1)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static int _runs;

    /// <summary>The requests of one connection of several.</summary>
    /// <param name="run">Another one for each run.</param>
    protected abstract IRequestScript Script(string run, int connection, int connections);

    /// <summary>What an answer of that status must be beside.</summary>
    protected virtual bool IsGood(LoadConnection answered) => true;

    /// <summary>
    /// Closed loop: every connection sends as soon as it has been answered, for so long or so many requests.
    /// </summary>
    protected Task<LoadResult> ClosedAsync(
        int connections, TimeSpan duration, long requests, CancellationToken cancel)
    {
        var taken = 0L;
        return MeasureAsync(connections, async (sender, latency, started) =>
        {
            while (Stopwatch.GetElapsedTime(started) < duration && Interlocked.Increment(ref taken) <= requests)
                await ExchangeAsync(sender, latency, Stopwatch.GetTimestamp(), cancel);
        }, cancel);
    }

    /// <summary>Closed loop: every connection sends as soon as it has been answered.</summary>
    public Task<LoadResult> RunAsync(int connections, TimeSpan duration, CancellationToken cancel) =>
        ClosedAsync(connections, duration, long.MaxValue, cancel);

    /// <summary>
    /// Open loop: requests fall due at a steady rate whether or not the earlier ones have been answered, and each one's
    /// time runs from when it fell due.
    /// </summary>
    public Task<LoadResult> RunAsync(int connections, long perSecond, TimeSpan duration, CancellationToken cancel)
    {
        var due = Channel.CreateUnbounded<long>(new() { SingleWriter = true });
        // Not before all are connected: what fell due meanwhile would wait for that.
        var release = new Lazy<Task>(() => Task.Run(
            () => ReleaseAsync(due.Writer, perSecond, duration, cancel), cancel));
        return MeasureAsync(connections, async (sender, latency, started) =>
        {
            _ = release.Value;
            await foreach (var since in due.Reader.ReadAllAsync(cancel))
                await ExchangeAsync(sender, latency, since, cancel);
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
        int connections, Func<Sender, LatencyHistogram, long, Task> load, CancellationToken cancel)
    {
        var run = Interlocked.Increment(ref _runs).ToString("D4", CultureInfo.InvariantCulture);
        var senders = new Sender[connections];
        for (var i = 0; i < connections; i++)
        {
            senders[i] = new(Script(run, i, connections), new());
            await senders[i].Connection.ConnectAsync(server.Address, cancel);
        }
        var latencies = Array.ConvertAll(senders, _ => new LatencyHistogram());
        var (serverCpu, loadCpu) = (server.CpuTime, Environment.CpuUsage.TotalTime);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(senders.Select((sender, i) => Task.Run(
            () => load(sender, latencies[i], started), cancel)));
        var took = Stopwatch.GetElapsedTime(started);
        var (serverCpuAfter, loadCpuAfter) = (server.CpuTime, Environment.CpuUsage.TotalTime);
        var all = new LatencyHistogram();
        foreach (var latency in latencies) all.Add(latency);
        foreach (var sender in senders) sender.Connection.Dispose();
        return new(all.Count * operations, took, all, serverCpuAfter - serverCpu, loadCpuAfter - loadCpu);
    }

    private async ValueTask ExchangeAsync(
        Sender sender, LatencyHistogram latency, long since, CancellationToken cancel)
    {
        var answered = await sender.Connection.ExchangeAsync(sender.Script.Next(), cancel);
        if (answered != status || !IsGood(sender.Connection))
            throw new BenchException($"A request was answered {sender.Connection.LastAnswer(600)}");
        latency.Record(Stopwatch.GetElapsedTime(since));
    }

    private sealed record Sender(IRequestScript Script, LoadConnection Connection);
}
