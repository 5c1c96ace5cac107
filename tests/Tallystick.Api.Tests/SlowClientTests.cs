using System.Net.Sockets;
using System.Text;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>Clients that take their time: nobody else waits for them, and the ledger does not know them.</summary>
public sealed class SlowClientTests() : ApiTests(StoreKind.Sqlite)
{
    private const int Clients = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Clients_that_send_half_a_request_or_never_read_an_answer_hold_up_nobody()
    {
        await GrantAsync("1000");
        var slow = new List<TcpClient>();
        for (var i = 0; i < Clients; i++)
        {
            slow.Add(await SendAsync(
                "POST /api/v1/charges", $"Idempotency-Key: half-{i}\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 60\r\n", """{"account_id":"acme",""", times: 1));
            // More answers than the buffers of both sides take.
            slow.Add(await SendAsync("GET /openapi/v1.json", "", "", times: 40));
        }

        for (var i = 0; i < Clients; i++) (await ChargeAsync("1").WaitAsync(Patience)).Must(201);

        Assert.Equal("900.000000", (string)(await Server.GetAsync("~/accounts/acme/balance")).Body!["available"]!);
        foreach (var client in slow) client.Dispose();
    }

    [Fact]
    public async Task A_client_that_resets_its_connection_in_the_midst_of_a_body_is_no_bug()
    {
        for (var i = 0; i < Clients; i++)
        {
            using var client = await SendAsync(
                "POST /api/v1/charges", $"Idempotency-Key: reset-{i}\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 60\r\n", """{"account_id":"acme",""", times: 1);
            await Task.Delay(5);
            // No farewell: the other side is told of a reset.
            client.Client.LingerState = new(true, 0);
            client.Client.Close();
        }
        for (var i = 0; i < 10; i++) (await Server.GetAsync("~/accounts/acme")).Must(200);
        await Task.Delay(200);
        Assert.DoesNotContain(Server.Log.Events, logged => logged.Name == "bug");
    }

    private async Task<TcpClient> SendAsync(string line, string headers, string body, int times)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Server.Http.BaseAddress!.Port);
        var request = $"{line} HTTP/1.1\r\nHost: x\r\n"
            + $"Authorization: {Server.Http.DefaultRequestHeaders.Authorization}\r\n{headers}\r\n{body}";
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(request, times))));
        return client;
    }
}
