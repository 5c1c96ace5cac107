using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>Ends a writing process (this test's own program, started again) and opens what it left.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const string FolderVariable = "TALLY_TEST_WRITER_FOLDER";
    private const string CommitsVariable = "TALLY_TEST_WRITER_COMMITS";
    private const int CommitsMax = 1_000;
    private const string AckFile = "acknowledged";
    private const string EndFile = "ended";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_killed_writer_leaves_all_that_it_acknowledged_and_no_lock()
    {
        using var folder = new TestFolder();
        using var writer = Start(folder.Path);
        try
        {
            await WaitForAcksAsync(folder, writer, count: 400);
            Assert.Contains("locked", Assert.Throws<StoreRefusedException>(folder.Open).Message);
        }
        finally
        {
            writer.Kill();
            await writer.WaitForExitAsync();
        }
        var acknowledged = Acknowledged(folder);
        await using var store = SqliteLedgerStore.Open(folder.Tiny, TestChains.Fold);
        for (var i = 0; i < acknowledged; i++)
            Assert.NotNull(await store.FindKeyAsync(TestChains.Chain(i % 5), $"key-{i}", default));
        using var audit = SqliteAudit.Open(folder.Path);
        Assert.Empty(audit.SelfCheck());
        Assert.InRange(audit.CountEntries(), acknowledged, acknowledged + 1);
    }

    /// <summary>Each flush in its turn, from the first of a new store on. TALLY_FLUSHES=n tries n of them.</summary>
    [Fact]
    public async Task A_failed_flush_breaks_the_writer_for_good_and_loses_nothing_S3_Q14()
    {
        using var library = new FailingFlush();
        var flushes = int.Parse(
            Environment.GetEnvironmentVariable("TALLY_FLUSHES") ?? "40", CultureInfo.InvariantCulture);
        var failed = new ConcurrentBag<int>();
        await Parallel.ForEachAsync(
            Enumerable.Range(1, flushes), new ParallelOptions { MaxDegreeOfParallelism = 2 },
            async (flush, _) => failed.Add(await FailAsync(library, flush)));
        output.WriteLine($"{flushes} flushes failed, {failed.Sum()} acknowledged before them, 0 lost");
        // The first few are of a store that does not even open, and of its folder, which SQLite does not look at.
        Assert.True(failed.Count(acknowledged => acknowledged is > 0 and < CommitsMax) >= flushes - 15);
    }

    /// <returns>How many had been acknowledged.</returns>
    private static async Task<int> FailAsync(FailingFlush library, int flush)
    {
        using var folder = new TestFolder();
        using var writer = Start(
            folder.Path, new Dictionary<string, string>(library.At(flush)) { [CommitsVariable] = $"{CommitsMax}" });
        try
        {
            await writer.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        }
        finally
        {
            writer.Kill();
        }
        var acknowledged = Acknowledged(folder);
        var end = Path.Combine(folder.Path, EndFile);
        if (acknowledged is > 0 and < CommitsMax || File.Exists(end))
            Assert.Equal("StoreBrokenException StoreBrokenException", File.ReadAllText(end));
        await using var store = SqliteLedgerStore.Open(folder.Tiny, TestChains.Fold);
        for (var i = 0; i < acknowledged; i++)
            Assert.NotNull(await store.FindKeyAsync(TestChains.Chain(i % 5), $"key-{i}", default));
        using var audit = SqliteAudit.Open(folder.Path);
        Assert.Empty(audit.SelfCheck());
        Assert.InRange(audit.CountEntries(), acknowledged, acknowledged + 1);
        return acknowledged;
    }

    /// <summary>What the killed process does.</summary>
    [Fact(Explicit = true)]
    public async Task Writer_to_be_killed()
    {
        var path = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(path is null, "started by another test only");
        var commits = int.Parse(
            Environment.GetEnvironmentVariable(CommitsVariable) ?? "1000000", CultureInfo.InvariantCulture);
        using var folder = new TestFolder();
        var chains = new TestChains();
        var options = folder.Tiny with { Folder = path };
        await using var store = SqliteLedgerStore.Open(options, TestChains.Fold);
        await using var acks = new StreamWriter(Path.Combine(path, AckFile)) { AutoFlush = true };
        try
        {
            for (var i = 0; i < commits; i++)
            {
                await store.CommitAsync(chains, chains.Change(i % 5, new Wish($"key-{i}", "r", i % 2 == 0, "{}")));
                await acks.WriteLineAsync(i.ToString(CultureInfo.InvariantCulture));
                await store.TrailAsync(default);
            }
        }
        catch (Exception fault)
        {
            var next = await Record.ExceptionAsync(
                async () => await store.CommitAsync([chains.Change(9, new Wish())], default));
            await File.WriteAllTextAsync(Path.Combine(path, EndFile), $"{fault.GetType().Name} {next?.GetType().Name}");
        }
    }

    private static Process Start(string folder, IReadOnlyDictionary<string, string>? more = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "--explicit", "only", "--filter-method", $"*.{nameof(Writer_to_be_killed)}" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [FolderVariable] = folder },
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Insert(0, typeof(KillTests).Assembly.Location);
        foreach (var (name, value) in more ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static async Task WaitForAcksAsync(TestFolder folder, Process writer, int count)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (Acknowledged(folder) < count)
        {
            Assert.False(writer.HasExited, "the writer ended by itself");
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "the writer is too slow");
            await Task.Delay(20);
        }
    }

    /// <summary>Complete lines only: the last one may be half written.</summary>
    private static int Acknowledged(TestFolder folder)
    {
        var path = Path.Combine(folder.Path, AckFile);
        if (!File.Exists(path)) return 0;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Count(character => character == '\n');
    }
}
