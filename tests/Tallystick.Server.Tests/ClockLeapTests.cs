using Tallystick.Engine;
using Tallystick.Server.Tests.Crashes;
using Tallystick.Store.Sqlite;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>A clock that is far ahead of what was last sealed is not believed unasked.</summary>
public sealed class ClockLeapTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tally-clock-").FullName;

    [Fact]
    public async Task A_clock_more_than_a_day_ahead_of_the_last_seal_is_refused_until_it_is_accepted_I24()
    {
        await WriteAsync(TimeSpan.FromHours(25));

        var refused = await Tally.RunAsync("serve", "--urls", "http://127.0.0.1:0", "--data", _folder);
        Assert.Equal(3, refused.Code);
        Assert.Contains("25 hours after the last seal", refused.Errors);
        Assert.Contains("--accept-clock", refused.Errors);
        Assert.Equal("", refused.Output);

        await using (var accepted = await TallyServer.StartAsync(_folder, "--accept-clock"))
            Assert.Equal(200, (int)(await accepted.Http.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public async Task A_clock_of_less_than_a_day_ahead_is_believed_I24()
    {
        await WriteAsync(TimeSpan.FromHours(23));
        await using var server = await TallyServer.StartAsync(_folder);
        Assert.Equal(200, (int)(await server.Http.GetAsync("/health/ready")).StatusCode);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task WriteAsync(TimeSpan ago)
    {
        await EarlierBooks.WriteAsync(SqliteLedgerStore.Open(new() { Folder = _folder }, StoreFold.Next), ago);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "tally.pepper"), new byte[32]);
    }
}
