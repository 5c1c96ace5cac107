using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>
/// The memory that a charge allocates, stage by stage, may only fall: the collector's share of the processor follows
/// it. Whoever makes one cheaper lowers its bound here. Times are not tested.
/// </summary>
public sealed class AllocationTests(ITestOutputHelper output)
{
    /// <summary>Bytes of one charge; stages that other threads take part in have some room.</summary>
    private static readonly Dictionary<string, int> BytesMax = new(StringComparer.Ordinal)
    {
        ["authenticate"] = 424,
        ["parse the body"] = 288,
        ["make the command"] = 648,
        ["the meaning's hash"] = 40,
        ["the account's number"] = 0,
        ["decide, encode and hash the entry"] = 1_944,
        ["encode and hash the entry"] = 528,
        ["queue, decide, write and flush: 64 at once"] = 3_000,
        ["queue, decide, write and flush: 1,000 at once"] = 3_000,
        ["answer"] = 1_008,
    };

    [Fact]
    public async Task A_charge_allocates_no_more_than_it_did()
    {
        var measured = new Dictionary<string, int>(StringComparer.Ordinal);
        using var process = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "Tallystick.Bench"), ["--bytes"])
        {
            RedirectStandardOutput = true,
            // Compiled once and at once: what a compiler learns on the way depends on how busy the machine is.
            Environment = { ["DOTNET_TieredCompilation"] = "0" },
        })!;
        await process.StandardOutput.ReadLineAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            output.WriteLine(line);
            var cells = line.Split('\t');
            measured[cells[0]] = int.Parse(cells[1], CultureInfo.InvariantCulture);
        }
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(BytesMax.Keys.Order(), measured.Keys.Order());
        Assert.All(measured, stage => Assert.True(
            stage.Value <= BytesMax[stage.Key], $"{stage.Key}: {stage.Value} bytes, at most {BytesMax[stage.Key]}"));
    }
}
