using Xunit;

namespace Tallystick.Server.Tests.Crashes;

/// <summary>K1: the real program, killed at random times under load. TALLY_KILLS=n kills n times.</summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tally-kill-").FullName;

    [Fact]
    public async Task Kills_under_load_lose_nothing_double_nothing_and_the_books_hold_K1_Q1_I6_I8_I10_I11()
    {
        using var cycles = new CrashCycles(_folder, Path.Combine(_folder, "data"), output);
        await cycles.RunAsync(CrashCycles.Number("TALLY_KILLS") ?? 25, server => server.KillAsync());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
