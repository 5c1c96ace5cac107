using System.Net.Sockets;
using System.Text;

namespace Tallystick.Server.Tests.Wire;

/// <summary>A connection on which is sent what no client library would send.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TcpClient _client;

    private readonly NetworkStream _stream;

    private RawConnection(TcpClient client) => (_client, _stream) = (client, client.GetStream());

    public static async Task<RawConnection> OpenAsync(Uri server, int receiveBuffer = 65_536)
    {
        var client = new TcpClient { ReceiveBufferSize = receiveBuffer, NoDelay = true };
        await client.ConnectAsync(server.Host, server.Port);
        return new(client);
    }

    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends a byte a second until the other side has closed.</summary>
    public async Task DribbleAsync(string text)
    {
        try
        {
            foreach (var letter in text)
            {
                await SendAsync($"{letter}");
                await Task.Delay(TimeSpan.FromSeconds(1));
                if (_client.Client.Poll(0, SelectMode.SelectRead) && _client.Client.Available == 0) return;
            }
        }
        catch (IOException)
        {
            // It was cut off in the middle.
        }
    }

    /// <summary>What comes until the other side closes, in whichever way.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var (said, buffer) = (new StringBuilder(), new byte[8_192]);
        try
        {
            while (await _stream.ReadAsync(buffer, patience.Token) is > 0 and var read)
                said.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // Reset: it will not read what was still on its way.
        }
        return said.ToString();
    }

    public void Dispose() => _client.Dispose();
}
