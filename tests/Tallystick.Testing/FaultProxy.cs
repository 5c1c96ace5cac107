using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tallystick.Testing;

/// <summary>
/// Stands between a client and a server and does to the wire what networks do: cuts it at a chosen byte, delays it,
/// lets it go silent without a word, or lets a byte a tick through. Thread-safe.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, TcpClient> _pairs = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly int _target;
    private readonly Task _accepting;
    private long _cutIn = long.MaxValue;
    private bool _cutsRequests;

    public FaultProxy(int targetPort)
    {
        _target = targetPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Nothing arrives on either side any more, and neither is told.</summary>
    public bool IsSilent { get; set; }

    /// <summary>What is sent arrives a byte a tick.</summary>
    public bool Trickles { get; set; }

    /// <summary>So much later does everything arrive; in milliseconds.</summary>
    public int DelayMs { get; set; }

    /// <summary>How many connections have been cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);
    private int _cuts;

    /// <summary>
    /// Lets so many more bytes of requests (or of replies) through and then resets both sides, once.
    /// </summary>
    public void CutAfter(long bytes, bool ofRequests)
    {
        _cutsRequests = ofRequests;
        Interlocked.Exchange(ref _cutIn, bytes);
    }

    /// <summary>Resets all that is connected.</summary>
    public void CutAll()
    {
        foreach (var (client, server) in _pairs) Reset(client, server);
    }

    public void Heal()
    {
        (IsSilent, Trickles, DelayMs) = (false, false, 0);
        Interlocked.Exchange(ref _cutIn, long.MaxValue);
        CutAll();
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        CutAll();
        await _accepting;
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_ending.Token);
                _ = ServeAsync(client);
            }
            catch (Exception ended) when (
                ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        _pairs[client] = server;
        try
        {
            while (IsSilent) await Task.Delay(Tick, _ending.Token);
            await server.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(PumpAsync(client, server, true), PumpAsync(server, client, false));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The other side is told by the reset below.
        }
        Reset(client, server);
    }

    private async Task PumpAsync(TcpClient source, TcpClient target, bool isRequest)
    {
        var buffer = new byte[16 << 10];
        try
        {
            while (true)
            {
                var count = await source.GetStream().ReadAsync(buffer, _ending.Token);
                if (count == 0) return;
                if (DelayMs > 0) await Task.Delay(DelayMs, _ending.Token);
                while (IsSilent) await Task.Delay(Tick, _ending.Token);
                var passing = isRequest == _cutsRequests ? Passing(count) : count;
                await WriteAsync(target, buffer.AsMemory(0, passing));
                if (passing == count) continue;
                // What was let through shall be seen by its receiver before the reset is.
                await Task.Delay(Tick, _ending.Token);
                Interlocked.Increment(ref _cuts);
                Reset(source, target);
                return;
            }
        }
        catch (Exception ended) when (
            ended is OperationCanceledException or IOException or InvalidOperationException or SocketException)
        {
            // Closed by either side, or by us.
        }
    }

    private async Task WriteAsync(TcpClient target, ReadOnlyMemory<byte> bytes)
    {
        for (; Trickles && !bytes.IsEmpty; bytes = bytes[1..])
        {
            await target.GetStream().WriteAsync(bytes[..1], _ending.Token);
            await Task.Delay(Tick, _ending.Token);
        }
        if (!bytes.IsEmpty) await target.GetStream().WriteAsync(bytes, _ending.Token);
    }

    /// <summary>How many of these bytes still pass; fewer than asked means: cut here.</summary>
    private int Passing(int count)
    {
        while (true)
        {
            var left = Interlocked.Read(ref _cutIn);
            if (left == long.MaxValue) return count;
            var passing = (int)Math.Min(count, left);
            var next = passing < count ? long.MaxValue : left - passing;
            if (Interlocked.CompareExchange(ref _cutIn, next, left) == left) return passing;
        }
    }

    private void Reset(TcpClient client, TcpClient server)
    {
        foreach (var socket in new[] { client, server })
        {
            _pairs.TryRemove(socket, out _);
            if (socket.Client is { } raw) raw.LingerState = new(true, 0);
            socket.Dispose();
        }
    }
}
