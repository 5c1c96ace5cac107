using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine.Identity;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>What the time of a look-up tells about a key.</summary>
public sealed class KeyTimeTests(ITestOutputHelper output)
{
    private const string Right = "an-admin-key-that-was-chosen-0123456789ab";
    private const int Tries = 20_000;

    // What is looked up is a keyed hash: a key that is almost right is as far away as any other. The bound is wide,
    // since others use the machine; what compared byte by byte would be seen in nanoseconds only, and not here.
    [Fact]
    public async Task A_wrong_key_takes_as_long_however_much_of_a_right_one_it_shares_A6()
    {
        await using var ledger = new Ledger(
            new MemoryStore(), LedgerClock.Test(new Instant(1)), new(), NullLogger<Ledger>.Instance);
        var keys = new KeyRing(ledger, new byte[32]);
        await AskAsync(ledger, new ProjectCommand.OpenProject("default"));
        await AskAsync(ledger, new ProjectCommand.CreateKey(new(KeyRole.Admin, "n"), keys.MacOf(Right), "…"));
        Assert.NotNull(await keys.FindAsync(Right, default));

        int[] shared = [0, 8, 16, 24, 32, Right.Length - 1];
        var times = shared.ToDictionary(length => length, _ => new List<long>());
        for (var i = 0; i < Tries; i++)
        {
            var length = shared[i % shared.Length];
            var wrong = Right[..length] + new string((char)('A' + i % 26), Right.Length - length);
            var began = Stopwatch.GetTimestamp();
            Assert.Null(await keys.FindAsync(wrong, default));
            times[length].Add(Stopwatch.GetTimestamp() - began);
        }
        var medians = shared.Select(length => Median(times[length])).ToList();
        output.WriteLine(string.Join(", ", shared.Zip(medians, (length, time) => $"{length}: {time} ns")));
        Assert.InRange(medians.Max(), 0, 2 * medians.Min());
    }

    private static long Median(List<long> times) => times.Order().ElementAt(times.Count / 2)
        * 1_000_000_000 / Stopwatch.Frequency;

    private static Task<Reply> AskAsync(Ledger ledger, ProjectCommand command) => ledger.ExecuteAsync(
        new()
        {
            Chain = ChainKey.OfProject(KeyRing.DefaultProject), Project = command,
            Origin = new(null, [.. new byte[16]], default, [.. new byte[16]]),
        },
        default);
}
