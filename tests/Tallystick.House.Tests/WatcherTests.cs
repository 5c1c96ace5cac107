using Tallystick.Testing;
using Xunit;

namespace Tallystick.House.Tests;

/// <summary>
/// A watcher over the data folder costs a third of the throughput: each write raises an event. Hosts
/// start one unasked, so the process itself is looked at.
/// </summary>
public sealed class WatcherTests
{
    [Fact]
    public async Task A_running_server_watches_no_files()
    {
        using var server = await RunningServer.StartAsync();
        using var answer = await server.Http.GetAsync("/api/v1/nothing");
        Assert.Equal(404, (int)answer.StatusCode);
        Assert.Equal(0, WatchesOf(server.Id));
    }

    [Fact]
    public void A_watcher_is_seen()
    {
        using var watcher = new FileSystemWatcher(Path.GetTempPath()) { EnableRaisingEvents = true };
        Assert.Equal(1, WatchesOf(Environment.ProcessId));
    }

    private static int WatchesOf(int process) => Directory.EnumerateFiles($"/proc/{process}/fd")
        .Count(file => new FileInfo(file).LinkTarget?.Contains("inotify", StringComparison.Ordinal) == true);
}
