using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Tallystick.Server.Commands;
using Tallystick.Server.Measuring;
using Tallystick.Server.Replay;
using Tallystick.Store.Sqlite;

namespace Tallystick.Server.Bench;

/// <summary>
/// Model calls through the gateway beside the same upstream called directly, in turns of short rounds. Each call
/// through it is held for, forwarded, metered and captured, durably; the books are verified at the end.
/// </summary>
internal sealed class GatewaySession(TimeSpan duration)
{
    private static readonly Dictionary<string, string?> NoEnvironment = [];
    private const int ConnectionsMax = 64;
    private readonly TextWriter _output = Console.Out;

    /// <summary>True if the books hold.</summary>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        await using var upstream = await ServerProcess.StartAsync(
            ["bench", "--upstream", "http://127.0.0.1:0"], NoEnvironment, cancel);
        await using var server = await OwnServer.StartAsync(null, cancel, "--allow-private-upstreams");
        await PrepareAsync(server, upstream.Address, cancel);
        var flush = DiskFlush.Measure(server.Folder);
        _output.WriteLine($"One flush of this disk: {Words(flush.Permille(500))}; a call through the gateway has two");
        foreach (var isStream in (bool[])[false, true])
        {
            var direct = new CallLoad(upstream, server.Key, UpstreamEndpoint.Path, isStream);
            var gateway = new CallLoad(server.Process, server.Key, "/v1" + UpstreamEndpoint.Path, isStream);
            await CompareAsync(isStream ? "streams" : "answers", direct, gateway, cancel);
        }
        var isSound = VerifyCommand.Run(SqliteAudit.Open(server.Folder), new()) == ExitCode.Ok;
        server.KeepsFolder = !isSound;
        return isSound;
    }

    private async Task CompareAsync(string what, CallLoad direct, CallLoad gateway, CancellationToken cancel)
    {
        var top = 0.0;
        foreach (var connections in (int[])[1, 16, ConnectionsMax])
            top = await CompareAsync(
                string.Create(CultureInfo.InvariantCulture, $"{connections} connections, {what}"),
                load => (time, stop) => load.RunAsync(connections, time, stop), direct, gateway, cancel);
        await CompareAsync(
            $"half of that load, {what}",
            load => (time, stop) => load.RunAsync(ConnectionsMax, (long)top / 2, time, stop), direct, gateway, cancel);
    }

    /// <returns>Calls a second through the gateway.</returns>
    private async Task<double> CompareAsync(
        string title, Func<CallLoad, Func<TimeSpan, CancellationToken, Task<LoadResult>>> run, CallLoad direct,
        CallLoad gateway, CancellationToken cancel)
    {
        Scenario[] scenarios = [new("direct", run(direct)), new("gateway", run(gateway))];
        await Scenario.TakeTurnsAsync(scenarios, duration, cancel);
        var table = new TextTable(title, "per second", "of direct", "median", "99 %", "added", "at 99 %", "server µs");
        foreach (var scenario in scenarios)
            table.Add(
                scenario.Name, scenario.PerSecond.Text("N0"),
                Words(scenario.PerSecond.Median / scenarios[0].PerSecond.Median),
                Words(scenario.Latency.Permille(500)), Words(scenario.Latency.Permille(990)),
                Words(scenario.Latency.Permille(500) - scenarios[0].Latency.Permille(500)),
                Words(scenario.Latency.Permille(990) - scenarios[0].Latency.Permille(990)),
                scenario.ServerMicroseconds.Text("0"));
        _output.WriteLine(table);
        return scenarios[1].PerSecond.Median;
    }

    /// <summary>An upstream with a price, and an account with credits for each connection.</summary>
    private static async Task PrepareAsync(OwnServer server, Uri upstream, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Key);
        var address = upstream.GetLeftPart(UriPartial.Authority);
        await SendAsync(HttpMethod.Put, "upstreams/bench", $$"""
            {"kind":"openai","base_url":"{{address}}","key":"sk-bench","provider":"bench"}
            """);
        await SendAsync(HttpMethod.Put, "prices", $$$"""
            {"prices":[{"provider":"bench","model":"{{{UpstreamEndpoint.Model}}}","rates":{"input":"1","output":"2"}}]}
            """);
        for (var i = 0; i < ConnectionsMax; i++)
        {
            var account = $"accounts/{ChargeScript.AccountId(i)}";
            await SendAsync(HttpMethod.Put, account, "{}");
            await SendAsync(HttpMethod.Post, account + "/grants", """{"amount":1000000}""");
        }

        async Task SendAsync(HttpMethod method, string path, string body)
        {
            using var request = new HttpRequestMessage(method, "/api/v1/" + path)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
                Headers = { { "Idempotency-Key", "prepare" } },
            };
            using var answer = await http.SendAsync(request, cancel);
            if (!answer.IsSuccessStatusCode)
                throw new BenchException($"{path} was answered {await answer.Content.ReadAsStringAsync(cancel)}");
        }
    }

    private static string Words(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Words(TimeSpan time) => Math.Abs(time.TotalMilliseconds) >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0} µs");
}
