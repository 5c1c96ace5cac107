using System.Diagnostics;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>Rough figures, on demand: run the Release build with <c>-explicit only</c>.</summary>
public sealed class ThroughputTests(ITestOutputHelper output)
{
    private const int Batch = 256;
    private const int Sample = 200_000;

    [Theory(Explicit = true)]
    [InlineData(1_000_000, 10_000)]
    [InlineData(1_000_000, 500_000)]
    [InlineData(1_000_000, 1)]
    [InlineData(10_000_000, 10_000)]
    public async Task Entries_a_second_empty_and_later(int entries, int accounts)
    {
        using var folder = new TestFolder();
        var options = folder.Options;
        var chains = new TestChains { KeepsJournal = false };
        var store = SqliteLedgerStore.Open(options, TestChains.Fold);
        output.WriteLine(store.Description);
        var written = 0;
        while (written < entries + Sample)
        {
            written += await RunAsync(store, chains, written, accounts);
        }
        Report(folder, written, "before close");
        Restart(folder, options);
        await store.DisposeAsync();
        Report(folder, written, "closed");
        var began = Stopwatch.GetTimestamp();
        await using var again = SqliteLedgerStore.Open(options, TestChains.Fold);
        output.WriteLine($"restart after a clean end {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F0} ms");
    }

    private async Task<int> RunAsync(SqliteLedgerStore store, TestChains chains, int written, int accounts)
    {
        // Made beforehand: what is measured is the store, not the codec and the hashes.
        var batches = new List<List<ChainChange>>();
        var random = new Random(written);
        for (var n = 0; n < Sample; n += Batch)
        {
            var batch = new Dictionary<int, List<Wish>>();
            for (var i = 0; i < Batch; i++)
            {
                var account = random.Next(accounts);
                if (!batch.TryGetValue(account, out var wishes)) batch.Add(account, wishes = []);
                wishes.Add(new($"0190f5e2-{written:x8}-{n + i:x10}-{random.Next():x8}"));
            }
            var changes = batch.Select(each => chains.Change(each.Key, each.Value)).ToList();
            chains.Accept(changes);
            batches.Add(changes);
        }
        GC.Collect();
        var (commits, trails) = (new List<double>(), new List<double>());
        var began = Stopwatch.GetTimestamp();
        foreach (var batch in batches)
        {
            var at = Stopwatch.GetTimestamp();
            await store.CommitAsync(batch, default);
            commits.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            at = Stopwatch.GetTimestamp();
            await store.TrailAsync(default);
            trails.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var bytes = batches.SelectMany(batch => batch).SelectMany(change => change.Entries)
            .Average(entry => entry.Bytes.Length);
        output.WriteLine($"{written,9}: {Sample / seconds,8:F0} entries/s"
            + $"  commit {Quantiles(commits)}  trail {Quantiles(trails)}  {bytes:F0} bytes"
            + $"  runs {string.Join(' ', store.Runs.Runs.Select(run => run.Row.Level))}"
            + $"  resident {Environment.WorkingSet >> 20} MiB");
        return batches.Count * Batch;
    }

    private void Restart(TestFolder folder, SqliteStoreOptions options)
    {
        using var copy = folder.Copy();
        var began = Stopwatch.GetTimestamp();
        var store = SqliteLedgerStore.Open(options with { Folder = copy.Path }, TestChains.Fold);
        output.WriteLine($"restart after a crash {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F0} ms");
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private void Report(TestFolder folder, int written, string when)
    {
        long file = new FileInfo(folder.Database).Length, wal = 0;
        if (File.Exists(folder.Database + "-wal")) wal = new FileInfo(folder.Database + "-wal").Length;
        output.WriteLine($"{when}: file {(double)file / written:F0} bytes an entry, log {wal >> 20} MiB");
    }

    private static string Quantiles(List<double> values)
    {
        values.Sort();
        var (median, late) = (values[values.Count / 2], values[values.Count * 99 / 100]);
        return $"{values.Average():F2}/{median:F2}/{late:F2}/{values[^1]:F1} ms";
    }
}
