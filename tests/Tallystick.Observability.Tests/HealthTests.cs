using Tallystick.Testing;
using Xunit;

namespace Tallystick.Observability.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task Health_asks_for_no_key_and_names_the_store_s_durability()
    {
        using var server = await RunningServer.StartAsync();
        server.Http.DefaultRequestHeaders.Authorization = null;
        var live = await server.SendAsync("GET", "/health/live");
        var ready = await server.SendAsync("GET", "/health/ready");

        Assert.Equal((200, """{"status":"live","version":"0.1.0","store":null}"""), (live.Status, live.Body));
        Assert.Equal(200, ready.Status);
        Assert.Matches(
            """^\{"status":"ready","version":"0.1.0","store":"SQLite [0-9.]+, WAL, synchronous=FULL"\}$""",
            ready.Body);
    }
}
