using System.Net.Sockets;
using System.Text;

namespace Tallystick.Api.Tests;

/// <summary>Requests that no client library would send: written to the socket as they are.</summary>
internal static class RawRequest
{
    /// <summary>Everything that comes back until the server closes.</summary>
    public static async Task<string> SendAsync(ApiServer server, string request)
    {
        using var socket = await ConnectAsync(server);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    /// <summary>Sends chunks of blanks until the server answers; what it says and how much it was sent.</summary>
    public static async Task<(string Answer, long Sent)> EndlessAsync(ApiServer server, string path)
    {
        using var socket = await ConnectAsync(server);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: x\r\n"
            + $"Authorization: {server.Http.DefaultRequestHeaders.Authorization}\r\nIdempotency-Key: k\r\n"
            + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"));
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string(' ', 0x10000)}\r\n");
        var sent = 0L;
        while (!stream.DataAvailable && sent < 100 << 20)
        {
            await stream.WriteAsync(chunk);
            sent += chunk.Length;
            // Past the bound the answer is on its way: what is sent after the server has closed would destroy it.
            if (sent > 1 << 20) await Task.Delay(50);
        }
        var buffer = new byte[4096];
        return (Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer)), sent);
    }

    private static async Task<TcpClient> ConnectAsync(ApiServer server)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Http.BaseAddress!.Port);
        return client;
    }
}
