using System.Text;
using Tallystick.Server.Tests.Crashes;
using Xunit;

namespace Tallystick.Server.Tests.Wire;

/// <summary>Clients that take their time, or come in crowds: they are cut off, and nobody waits for them.</summary>
public sealed class SlowTests : IDisposable
{
    private const string Key = "Authorization: Bearer " + TallyServer.AdminKey + "\r\n";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("tally-slow-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Who_sends_a_byte_a_second_is_cut_off_and_who_never_reads_holds_up_nobody_H2()
    {
        await using var server = await TallyServer.StartAsync(_folder);
        await DoAsync(server, "PUT", "/api/v1/accounts/acme", "");
        await DoAsync(server, "POST", "/api/v1/accounts/acme/grants", """{"amount":"1000"}""");
        using var head = await RawConnection.OpenAsync(server.Http.BaseAddress!);
        using var body = await RawConnection.OpenAsync(server.Http.BaseAddress!);
        var slow = new List<Task>
        {
            head.DribbleAsync("GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: " + new string('x', 300)),
            DribbleAsync(body, "POST /api/v1/charges HTTP/1.1\r\nHost: x\r\n" + Key
                + "Idempotency-Key: slow\r\nContent-Type: application/json\r\nContent-Length: 300\r\n\r\n"),
        };
        // Answers of which one connection's would fill the memory of any machine, if they were kept.
        using var reader = await RawConnection.OpenAsync(server.Http.BaseAddress!, receiveBuffer: 4_096);
        await reader.SendAsync(string.Concat(Enumerable.Repeat(
            "GET /openapi/v1.json HTTP/1.1\r\nHost: x\r\n\r\n", 1_000)));

        for (var i = 0; i < 200; i++)
            await DoAsync(server, "POST", "/api/v1/charges", """{"account_id":"acme","amount":"1"}""");
        await Task.WhenAll(slow).WaitAsync(Patience);
        Assert.DoesNotContain(" 200 ", await head.ReadToEndAsync());
        Assert.DoesNotContain(" 201 ", await body.ReadToEndAsync());
        Assert.Contains("\"800.000000\"", await server.Http.GetStringAsync("/api/v1/accounts/acme/balance"));
    }

    [Fact]
    public async Task Two_thousand_idle_connections_keep_nobody_out_and_beyond_the_bound_the_next_is_closed_H2()
    {
        const int Bound = 2_000;
        await using var server = await TallyServer.StartAsync(_folder, "--max-connections", $"{Bound}");
        await DoAsync(server, "PUT", "/api/v1/accounts/acme", "");
        var idle = new List<RawConnection>();
        try
        {
            for (var i = 0; i < Bound - 1; i++) idle.Add(await RawConnection.OpenAsync(server.Http.BaseAddress!));
            for (var i = 0; i < 10; i++)
            {
                using var refused = await RawConnection.OpenAsync(server.Http.BaseAddress!);
                Assert.Equal("", await refused.ReadToEndAsync());
            }
            await DoAsync(server, "POST", "/api/v1/accounts/acme/grants", """{"amount":"1"}""");
            const string Ask = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            await idle[^1].SendAsync(Ask);
            Assert.StartsWith("HTTP/1.1 200 ", await idle[^1].ReadToEndAsync());
            await EventuallyAsync(async () =>
            {
                using var next = await RawConnection.OpenAsync(server.Http.BaseAddress!);
                await next.SendAsync(Ask);
                return (await next.ReadToEndAsync()).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal);
            });
        }
        finally
        {
            foreach (var connection in idle) connection.Dispose();
        }
    }

    private static async Task DribbleAsync(RawConnection connection, string head)
    {
        await connection.SendAsync(head);
        await connection.DribbleAsync(new string(' ', 300));
    }

    private static async Task EventuallyAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await isSo()) await Task.Delay(100, patience.Token);
    }

    private static async Task DoAsync(TallyServer server, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new(method), path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var response = await server.Http.SendAsync(request).WaitAsync(Patience);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
