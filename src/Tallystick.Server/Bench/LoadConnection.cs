using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Tallystick.Server.Bench;

/// <summary>
/// One kept-alive HTTP/1.1 connection: sends bytes, reads an answer with a length, or a short stream.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private const int BufferBytes = 16 << 10;
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[BufferBytes];
    private int _length;

    public async Task ConnectAsync(Uri server, CancellationToken cancel) =>
        await _socket.ConnectAsync(server.Host, server.Port, cancel);

    /// <exception cref="IOException">Closed, or not an answer with a length.</exception>
    public async ValueTask<int> ExchangeAsync(ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        for (var sent = 0; sent < request.Length;) sent += await _socket.SendAsync(request[sent..], cancel);
        var received = 0;
        while (true)
        {
            var count = await _socket.ReceiveAsync(_buffer.AsMemory(received), cancel);
            if (count == 0) throw new IOException("the server has closed the connection");
            received += count;
            if (LengthOf(_buffer.AsSpan(0, received)) is not { } length) continue;
            _length = length;
            if (length > _buffer.Length) Array.Resize(ref _buffer, length);
            while (received < length)
            {
                count = await _socket.ReceiveAsync(_buffer.AsMemory(received), cancel);
                if (count == 0) throw new IOException("the server has closed the connection");
                received += count;
            }
            return StatusOf(_buffer);
        }
    }

    public bool AnswerHolds(ReadOnlySpan<byte> text) => _buffer.AsSpan(0, _length).IndexOf(text) >= 0;

    public string LastAnswer(int bytesMax) =>
        Encoding.UTF8.GetString(_buffer.AsSpan(0, Math.Min(bytesMax, _length)));

    public void Dispose() => _socket.Dispose();

    /// <summary>Of the whole answer; null while its head is not complete.</summary>
    private static int? LengthOf(ReadOnlySpan<byte> received)
    {
        var head = received.IndexOf("\r\n\r\n"u8);
        if (head < 0) return null;
        var field = received[..head].IndexOf("\r\nContent-Length: "u8);
        if (field < 0 && received[..head].IndexOf("\r\nTransfer-Encoding: chunked"u8) >= 0)
        {
            if (received.Length == BufferBytes) throw new IOException("the stream is too long");
            return received.EndsWith("\r\n0\r\n\r\n"u8) ? received.Length : null;
        }
        if (field < 0) throw new IOException("the answer has no length");
        var digits = received[(field + 18)..];
        digits = digits[..digits.IndexOf((byte)'\r')];
        return head + 4 + int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static int StatusOf(byte[] answer) =>
        (answer[9] - '0') * 100 + (answer[10] - '0') * 10 + (answer[11] - '0');
}
