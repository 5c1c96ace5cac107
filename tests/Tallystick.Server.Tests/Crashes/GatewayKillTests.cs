using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Tallystick.Server.Tests.Crashes;

/// <summary>
/// G8: the real program, killed while it passes streams on, and started again on what it left. TALLY_KILLS=n kills
/// more often.
/// </summary>
public sealed class GatewayKillTests : IDisposable
{
    private const int Streams = 10;

    /// <summary>By the price that echo has in a fresh project: of the words that had come when it was noted.</summary>
    private const decimal InputPrice = 0.00001m, OutputPrice = 0.00002m;

    private readonly string _folder = Directory.CreateTempSubdirectory("tally-gateway-kill-").FullName;

    [Fact]
    public async Task Calls_that_are_killed_in_mid_stream_are_settled_once_after_the_restart_G8()
    {
        var kills = int.TryParse(
            Environment.GetEnvironmentVariable("TALLY_KILLS"), CultureInfo.InvariantCulture, out var given) ? given : 3;
        for (var kill = 1; kill <= kills; kill++)
        {
            await using (var server = await TallyServer.StartAsync(_folder))
            {
                await OpenAsync(server, kill);
                var streams = Enumerable.Range(0, Streams).Select(number => StreamAsync(server, kill, number)).ToList();
                await Task.WhenAll(streams.Select(stream => stream.Noted));
                await server.KillAsync();
                await Task.WhenAll(streams.Select(stream => stream.Ended));
            }
            await using var again = await TallyServer.StartAsync(_folder);
            await CheckAsync(again, kill);
        }
        // Nothing is settled again by a process that finds nothing open.
        await using var quiet = await TallyServer.StartAsync(_folder);
        for (var kill = 1; kill <= kills; kill++) await CheckAsync(quiet, kill);
        var verified = await Tally.RunAsync("verify", "--data", _folder);
        Assert.True(verified.Code == 0, verified.Output + verified.Errors);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_server_that_is_told_to_end_ends_its_streams_and_charges_them_first_K6(string signal)
    {
        const int Words = 100;
        await using var server = await TallyServer.StartAsync(_folder);
        await OpenAsync(server, 1);
        using var request = Request(1, 1, $"echo: tokens={Words} delay_ms=50");
        using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await server.SignalAsync(signal);
        var stream = await response.Content.ReadAsStringAsync();

        Assert.Equal(Words, stream.Split('\n').Count(line => line.Contains("word", StringComparison.Ordinal)));
        Assert.Contains("data: [DONE]\n\n", stream);
        Assert.Equal(0, await server.EndAsync());
        // Nothing is left in the log: the store was closed.
        Assert.Equal(0, new FileInfo(Path.Combine(_folder, "tally.db-wal")) is { Exists: true } log ? log.Length : 0);
        var verified = await Tally.RunAsync("verify", "--data", _folder);
        Assert.True(verified.Code == 0, verified.Output + verified.Errors);
        await using var again = await TallyServer.StartAsync(_folder);
        var entries = await again.Http.GetFromJsonAsync<JsonObject>($"/api/v1/accounts/{Account(1)}/transactions");
        var capture = entries!["data"]!.AsArray().Single(entry => (string?)entry!["kind"] == "capture")!;
        var record = capture["metadata"]!;
        Assert.Equal(("Complete", false), ((string?)record["end"], (bool?)record["estimated"]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Account(int kill) => $"account-{kill}";

    private static async Task OpenAsync(TallyServer server, int kill)
    {
        var path = $"/api/v1/accounts/{Account(kill)}";
        (await server.Http.PutAsJsonAsync(path, new { })).EnsureSuccessStatusCode();
        using var grant = new HttpRequestMessage(HttpMethod.Post, path + "/grants")
        {
            Content = JsonContent.Create(new { amount = 1_000 }), Headers = { { "Idempotency-Key", "grant" } },
        };
        using var granted = await server.Http.SendAsync(grant);
        granted.EnsureSuccessStatusCode();
    }

    private static HttpRequestMessage Request(int kill, int number, string prompt) =>
        new(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new
            {
                model = "echo", stream = true, max_tokens = 2_000, user = $"{number}",
                messages = new[] { new { role = "user", content = prompt } },
            }),
            Headers = { { "Tally-Account", Account(kill) } },
        };

    /// <summary>A call that says a word every 50 ms; noted when it has run for longer than the gateway's notes are
    /// apart.</summary>
    private static (Task Noted, Task Ended) StreamAsync(TallyServer server, int kill, int number)
    {
        var noted = new TaskCompletionSource();
        return (noted.Task, RunAsync());

        async Task RunAsync()
        {
            using var request = Request(kill, number, "echo: tokens=1000 delay_ms=50");
            try
            {
                using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
                for (var words = 0; await lines.ReadLineAsync() is { } line;)
                    if (line.Contains("word", StringComparison.Ordinal) && ++words == 60) noted.SetResult();
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException)
            {
                // The server was killed.
            }
        }
    }

    /// <summary>No hold is open, and each call was captured once, by its last note.</summary>
    private static async Task CheckAsync(TallyServer server, int kill)
    {
        var path = $"/api/v1/accounts/{Account(kill)}";
        var held = "";
        for (var i = 0; i < 200 && held != "0.000000"; i++)
        {
            if (i > 0) await Task.Delay(50);
            held = (string)(await server.Http.GetFromJsonAsync<JsonObject>(path + "/balance"))!["held"]!;
        }
        Assert.Equal("0.000000", held);
        var entries = (await server.Http.GetFromJsonAsync<JsonObject>(path + "/transactions?limit=1000"))!["data"]!
            .AsArray();
        var captures = entries.Where(entry => (string?)entry!["kind"] == "capture").ToList();
        Assert.Equal(Streams, captures.Count);
        Assert.All(captures, capture =>
        {
            var record = capture!["metadata"]!;
            Assert.Equal(("Killed", true), ((string?)record["end"], (bool)record["estimated"]!));
            // Of 60 words of five bytes and more at four bytes a token, at least those of the first two seconds.
            var cost = Math.Abs(decimal.Parse((string)capture["amount"]!, CultureInfo.InvariantCulture));
            Assert.InRange(cost, 30 * OutputPrice, (200 * InputPrice) + (2_000 * OutputPrice));
        });
    }
}
