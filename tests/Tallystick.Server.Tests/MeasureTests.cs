using System.Diagnostics;
using System.Globalization;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Server.Tests.Books;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>Time and memory of verify, digest and export over many entries. Run by name: it takes minutes.</summary>
public sealed class MeasureTests(ITestOutputHelper output)
{
    private const int AtOnce = 512;

    [Theory(Explicit = true)]
    [InlineData(1_000_000, 10_000)]
    [InlineData(1_000_000, 1)]
    [InlineData(3_000_000, 300_000)]
    public async Task Auditing_many_entries(int entries, int accounts)
    {
        using var folder = new BookFolder();
        await using (var books = folder.OpenAsServed(lanes: 1)) await WriteAsync(books, entries, accounts);
        foreach (var command in new[] { "verify", "digest", "export" })
        {
            var (elapsed, peakKiB) = await RunAsync(command, folder.Path);
            var rate = entries / elapsed.TotalSeconds;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{command}: {rate:N0} entries/s, {elapsed.TotalSeconds:F1} s, {peakKiB / 1024:N0} MiB"));
        }
    }

    private static async Task WriteAsync(BookWriter books, int entries, int accounts)
    {
        await books.ProjectAsync(new ProjectCommand.OpenProject("default"));
        var opening = Enumerable.Range(0, accounts).Select(i => $"account-{i}");
        foreach (var some in opening.Chunk(AtOnce))
            await Task.WhenAll(some.Select(id => books.AskAsync(id, new AccountCommand.PutAccount(id))));
        foreach (var some in opening.Chunk(AtOnce))
            await Task.WhenAll(some.Select(id => books.AskAsync(id, new AccountCommand.GiveCredits
            {
                Amount = BookWriter.Credits(1_000_000), Kind = GrantKind.Purchase, Bucket = "purchase",
            }, "grant")));
        foreach (var some in Enumerable.Range(0, entries - 2 * accounts).Chunk(AtOnce))
            await Task.WhenAll(some.Select(i => books.AskAsync($"account-{i % accounts}", Charge(i), $"charge-{i}")));
    }

    private static AccountCommand.ChargeCredits Charge(int i) =>
        new(Demand.Of(new CreditAmount(1 + i % 997)), $"order-{i}");

    private static async Task<(TimeSpan Elapsed, long PeakKiB)> RunAsync(string command, string folder)
    {
        var began = Stopwatch.GetTimestamp();
        var start = new ProcessStartInfo(Tally.Program, [command, "--data", folder]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var (output, peak) = (process.StandardOutput.BaseStream.CopyToAsync(Stream.Null), 0L);
        while (!process.WaitForExit(50)) peak = Math.Max(peak, PeakOf(process.Id));
        await output;
        Assert.Equal(0, process.ExitCode);
        return (Stopwatch.GetElapsedTime(began), peak);
    }

    private static long PeakOf(int process)
    {
        try
        {
            var lines = File.ReadLines($"/proc/{process}/status");
            var peak = lines.First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException)
        {
            return 0;
        }
    }
}
