using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Tallystick.Server.Tests.Crashes;

/// <summary>
/// Q16, Q20: the real program for long, and with more than it can do. They measure time and memory, so they are
/// campaigns: <c>./campaign soak MINUTES</c>, <c>./campaign overload SECONDS</c>.
/// </summary>
public sealed class EnduranceTests : IDisposable
{
    private const int Workers = 16, WarmUpSeconds = 15, SampleSeconds = 10;
    private const double LoadShare = 0.7;

    /// <summary>Below this a slope is the collector's, not a leak's.</summary>
    private const int SlopeMinutesMin = 20;
    private const double SlopeMax = 1.0;
    private const int DescriptorsMore = 32;

    private const int BatchOperations = 1_000, PeakBatches = 4, OverloadBatches = 40;

    private readonly string _folder = Directory.CreateTempSubdirectory("tally-endure-").FullName;
    private long _done;

    [Fact(Explicit = true)]
    public async Task Under_load_for_long_memory_and_descriptors_stay_and_no_hold_is_left_open_Q16()
    {
        var minutes = CrashCycles.Number("TALLY_SOAK_MINUTES") ?? 5;
        await using var server = await TallyServer.StartAsync(_folder);
        await LoadClient.OpenAccountsAsync(server.Http);
        var isOver = false;
        var pause = TimeSpan.Zero;
        var began = Stopwatch.GetTimestamp();
        var workers = Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; !Volatile.Read(ref isOver); i++)
            {
                await ChargeOrHoldAsync(server.Http, $"{worker}-{i}", isHold: i % 3 == 0);
                if (pause > TimeSpan.Zero) await Task.Delay(pause);
            }
        })).ToList();
        await Task.Delay(TimeSpan.FromSeconds(WarmUpSeconds), TestContext.Current.CancellationToken);
        var peak = Interlocked.Read(ref _done) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        pause = TimeSpan.FromSeconds(Workers / peak * (1 / LoadShare - 1));
        Say($"{peak:F0} requests a second at most; {LoadShare:P0} of it for {minutes} minutes");

        var samples = new List<(double Minute, double Mebibytes, int Descriptors)>();
        for (began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began).TotalMinutes < minutes;)
        {
            await Task.Delay(TimeSpan.FromSeconds(SampleSeconds), TestContext.Current.CancellationToken);
            samples.Add((Stopwatch.GetElapsedTime(began).TotalMinutes, Memory(server.Id), Descriptors(server.Id)));
        }
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(workers);

        var later = samples[(samples.Count / 2)..];
        var slope = Slope(later) * 10;
        Say($"{_done} requests; {samples[0].Mebibytes:F0} to {samples[^1].Mebibytes:F0} MiB");
        Say($"{slope:+0.00;-0.00} MiB in ten minutes of the second half");
        Say($"{samples[0].Descriptors} to {samples[^1].Descriptors} descriptors");
        for (var i = 0; i < LoadClient.Accounts; i++)
        {
            var open = $"/api/v1/holds?account_id={LoadClient.Account(i)}&status=held";
            Assert.Empty((await server.Http.GetFromJsonAsync<JsonObject>(open))!["data"]!.AsArray());
        }
        Assert.Equal(0, (await Tally.RunAsync("verify", "--data", _folder)).Code);
        Assert.InRange(samples[^1].Descriptors, 1, samples[0].Descriptors + DescriptorsMore);
        if (minutes >= SlopeMinutesMin) Assert.True(slope < SlopeMax, $"memory grows by {slope:F2} MiB in ten minutes");
    }

    [Fact(Explicit = true)]
    public async Task Ten_times_what_it_can_do_leaves_it_doing_it_and_answering_quickly_Q20()
    {
        var seconds = CrashCycles.Number("TALLY_OVERLOAD_SECONDS") ?? 60;
        await using var server = await TallyServer.StartAsync(_folder);
        server.Http.Timeout = TimeSpan.FromMinutes(5);
        await LoadClient.OpenAccountsAsync(server.Http);
        var peak = await BatchesAsync(server.Http, PeakBatches, 10);
        var over = await BatchesAsync(server.Http, OverloadBatches, seconds);
        var after = await BatchesAsync(server.Http, PeakBatches, 10);
        foreach (var (name, run) in new[] { ("peak", peak), ("ten times", over), ("afterwards", after) })
            Say($"{name}: {run.Rate:F0} charges a second, {run.Turned} turned away, in {run.RefusalP99:F0} ms (p99)");
        Assert.True(over.Turned > 0, "it was never overloaded");
        Assert.True(over.Rate >= 0.8 * peak.Rate && after.Rate >= 0.8 * peak.Rate);
        Assert.Equal(0, (await Tally.RunAsync("verify", "--data", _folder)).Code);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task ChargeOrHoldAsync(HttpClient http, string key, bool isHold)
    {
        var account = LoadClient.Account(key.Length % LoadClient.Accounts);
        var body = $$"""{"account_id":"{{account}}","amount":"0.000001"}""";
        var first = await LoadClient.SendAsync(http, new(key, isHold ? "/api/v1/holds" : "/api/v1/charges", body));
        Interlocked.Increment(ref _done);
        if (first?.Status != 201) throw new InvalidOperationException(first?.Body);
        if (!isHold) return;
        var id = (string)JsonNode.Parse(first.Body)!["id"]!;
        await LoadClient.SendAsync(http, new($"{key}-end", $"/api/v1/holds/{id}/release", "{}"));
        Interlocked.Increment(ref _done);
    }

    /// <summary>Batches from so many connections at once, one after the other each.</summary>
    private static async Task<(double Rate, long Turned, double RefusalP99)> BatchesAsync(
        HttpClient http, int connections, int seconds)
    {
        var (done, turned, began, run) = (0L, 0L, Stopwatch.GetTimestamp(), Guid.NewGuid().ToString("N"));
        var refusals = new ConcurrentBag<double>();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(async () =>
        {
            for (var i = 0; Stopwatch.GetElapsedTime(began).TotalSeconds < seconds; i++)
            {
                var sent = Stopwatch.GetTimestamp();
                using var response = await http.PostAsync(
                    "/api/v1/batch", new StringContent(BatchOf($"{run}-{connection}-{i}"), null, "application/json"));
                var text = await response.Content.ReadAsStringAsync();
                var passed = text.Split("\"status\":201").Length - 1;
                Interlocked.Add(ref done, passed);
                Interlocked.Add(ref turned, BatchOperations - passed);
                if (passed == 0) refusals.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
        })));
        var sorted = refusals.Order().ToList();
        return (
            done / Stopwatch.GetElapsedTime(began).TotalSeconds, turned,
            sorted.Count == 0 ? 0 : sorted[(int)(sorted.Count * 0.99)]);
    }

    private static string BatchOf(string key)
    {
        var charges = Enumerable.Range(0, BatchOperations).Select(i => $$"""
            {"op":"charge","account_id":"{{LoadClient.Account(i % LoadClient.Accounts)}}","amount":"0.000001",
            "idempotency_key":"{{key}}-{{i}}"}
            """);
        return $$"""{"operations":[{{string.Join(',', charges)}}]}""";
    }

    private static double Memory(int process) => File.ReadLines($"/proc/{process}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1_024).Single();

    private static int Descriptors(int process) => Directory.GetFileSystemEntries($"/proc/{process}/fd").Length;

    /// <summary>Of the line that fits best.</summary>
    private static double Slope(IReadOnlyList<(double Minute, double Mebibytes, int Descriptors)> samples)
    {
        var (x, y) = (samples.Average(one => one.Minute), samples.Average(one => one.Mebibytes));
        var spread = samples.Sum(one => (one.Minute - x) * (one.Minute - x));
        return spread == 0 ? 0 : samples.Sum(one => (one.Minute - x) * (one.Mebibytes - y)) / spread;
    }

    private static void Say(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
