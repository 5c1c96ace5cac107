using Tallystick.Testing;
using Xunit;

namespace Tallystick.Server.Tests.Crashes;

/// <summary>
/// Q2: the power of the disk that the books are on is cut under load; what had not been flushed is gone.
/// TALLY_POWER_CUTS=n cuts n times.
/// </summary>
public sealed class PowerCutTests(ITestOutputHelper output) : IDisposable
{
    private const int DiskMegabytes = 256;
    private const int StartsMs = 900, StepMs = 150;
    private readonly string _folder = Directory.CreateTempSubdirectory("tally-cut-").FullName;

    [Fact(Explicit = true)]
    public async Task Power_cuts_under_load_lose_nothing_that_was_acknowledged_K3_Q2()
    {
        using var disk = CuttableDisk.Create(DiskMegabytes);
        using var cycles = new CrashCycles(_folder, Path.Combine(disk.Path, "data"), output);
        await cycles.RunAsync(CrashCycles.Number("TALLY_POWER_CUTS") ?? 20, async server =>
        {
            disk.Cut(server.Id);
            await server.KillAsync();
            await disk.PowerOnAsync();
        });
    }

    /// <summary>A first start makes files of several kinds; whichever of them are there, the next goes on.</summary>
    [Fact(Explicit = true)]
    public async Task A_first_start_that_the_power_left_goes_on_by_itself_K3_Q2()
    {
        for (var ms = 0; ms < StartsMs; ms += StepMs)
        {
            using var disk = CuttableDisk.Create(DiskMegabytes);
            var data = Path.Combine(disk.Path, "data");
            var starting = TallyServer.StartAsync(data);
            await Task.Delay(ms, TestContext.Current.CancellationToken);
            disk.Cut();
            try
            {
                await (await starting).DisposeAsync();
            }
            catch (InvalidOperationException)
            {
                // It says that it cannot start.
            }
            await disk.PowerOnAsync();
            await using var again = await TallyServer.StartAsync(data);
            Assert.Equal(200, (int)(await again.Http.GetAsync("/health/ready")).StatusCode);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
