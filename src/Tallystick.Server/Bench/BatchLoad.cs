using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Bench;

/// <summary>Requests of many operations on few connections: for the batch route, and to fill a store quickly.</summary>
internal sealed class BatchLoad(ServerProcess server, string key)
{
    private const int Connections = 8, PerRequest = 1_000;
    private static int _runs;

    /// <summary>Charges, a thousand in each request, for so long or so many.</summary>
    public async Task<LoadResult> ChargeAsync(
        int accounts, long operations, TimeSpan duration, CancellationToken cancel)
    {
        var run = Interlocked.Increment(ref _runs);
        var (started, taken) = (Stopwatch.GetTimestamp(), 0L);
        var (serverCpu, loadCpu) = (server.CpuTime, Environment.CpuUsage.TotalTime);
        var latency = new LatencyHistogram();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => Task.Run(async () =>
        {
            var random = new Random(connection);
            using var link = new LoadConnection();
            await link.ConnectAsync(server.Address, cancel);
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                var first = Interlocked.Add(ref taken, PerRequest) - PerRequest;
                if (first >= operations) return;
                var charges = Enumerable.Range(0, PerRequest)
                    .Select(i => Charge($"b{run}-{first + i}", random.Next(accounts)));
                await SendAsync(link, latency, charges, cancel);
            }
        }, cancel)));
        return new(
            latency.Count * PerRequest, Stopwatch.GetElapsedTime(started), latency, server.CpuTime - serverCpu,
            Environment.CpuUsage.TotalTime - loadCpu);
    }

    /// <summary>Gives each account more than all the charges together will take.</summary>
    public async Task GrantAsync(int first, int end, CancellationToken cancel)
    {
        using var link = new LoadConnection();
        await link.ConnectAsync(server.Address, cancel);
        foreach (var some in Enumerable.Range(first, end - first).Chunk(PerRequest))
            await SendAsync(link, new(), some.Select(number => string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"op":"grant","idempotency_key":"grant-{{number}}","account_id":"{{ChargeScript.AccountId(number)
                    }}","amount":"1000000"}""")), cancel);
    }

    private static string Charge(string key, int account) =>
        $$"""
        {"op":"charge","idempotency_key":"{{key}}","account_id":"{{ChargeScript.AccountId(account)}}","amount":"0.001"}
        """;

    private async Task SendAsync(
        LoadConnection link, LatencyHistogram latency, IEnumerable<string> operations, CancellationToken cancel)
    {
        var body = Encoding.ASCII.GetBytes($$"""{"operations":[{{string.Join(',', operations)}}]}""");
        var head = $"POST /api/v1/batch HTTP/1.1\r\nHost: {server.Address.Authority}\r\nAuthorization: Bearer {key}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        byte[] request = [.. Encoding.ASCII.GetBytes(head), .. body];
        var since = Stopwatch.GetTimestamp();
        var status = await link.ExchangeAsync(request, cancel);
        latency.Record(Stopwatch.GetElapsedTime(since));
        if (status != StatusCodes.Status200OK || !link.AnswerHolds("\"status\":201"u8) || link.AnswerHolds("problem"u8))
            throw new BenchException($"A batch was answered {link.LastAnswer(600)}");
    }
}
