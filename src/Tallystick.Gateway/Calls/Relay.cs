using System.Buffers;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Upstreams;

namespace Tallystick.Gateway.Calls;

/// <summary>
/// Passes an upstream's answer on as it comes, piece by piece, and has its usage read on the way. When the client goes
/// away it goes on reading for the usage, for a while. One answer each.
/// </summary>
internal sealed class Relay(ResponseMeter meter, ICallAnswer answer, UpstreamConfig upstream, TimeProvider time)
{
    private const int PieceBytes = 16 << 10;

    /// <summary>
    /// More than any answer has left after its client went; a provider that sends on and on is cut off.
    /// </summary>
    private const long DrainBytesMax = 64 << 20;

    private readonly ArrayBufferWriter<byte> _filtered = new();

    /// <summary>Keeps back the event with usage; null where the client is to have everything.</summary>
    public UsageFilter? Filter { get; init; }

    /// <summary>Called after each piece with its length.</summary>
    public Action<int>? Passed { get; init; }

    /// <summary>Until the first byte after the head.</summary>
    public TimeSpan? FirstByte { get; private set; }

    public async Task<RelayEnd> RunAsync(Stream body, CancellationToken stopping)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        using var clock = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var stop = stopping.UnsafeRegister(_ => clock.Cancel(), null);
        using var gone = answer.Gone.UnsafeRegister(_ => clock.CancelAfter(upstream.DrainTimeout), null);
        try
        {
            return await PassAllAsync(body, piece, clock, stopping);
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException)
        {
            return RelayEnd.Broken;
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested)
        {
            return stopping.IsCancellationRequested ? RelayEnd.Stopped : Late;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private RelayEnd Late => answer.IsGone ? RelayEnd.Abandoned : RelayEnd.TimedOut;

    private async Task<RelayEnd> PassAllAsync(
        Stream body, byte[] piece, CancellationTokenSource clock, CancellationToken stopping)
    {
        var started = time.GetTimestamp();
        long? goneAt = null;
        for (long drained = 0; ;)
        {
            if (answer.IsGone) goneAt ??= time.GetTimestamp();
            var patience = Patience(started, goneAt);
            if (patience <= TimeSpan.Zero || drained > DrainBytesMax) return Late;
            clock.CancelAfter(patience);
            var read = await body.ReadAsync(piece, clock.Token);
            clock.CancelAfter(Timeout.InfiniteTimeSpan);
            if (read == 0) break;
            FirstByte ??= time.GetElapsedTime(started);
            if (goneAt is not null) drained += read;
            await PassAsync(piece.AsMemory(0, read), stopping);
            Passed?.Invoke(read);
        }
        meter.Complete();
        if (Filter is not null)
        {
            Filter.Complete(_filtered);
            await FlushAsync(stopping);
        }
        return RelayEnd.Complete;
    }

    /// <summary>How long the next piece may take.</summary>
    private TimeSpan Patience(long started, long? goneAt)
    {
        var total = upstream.TotalTimeout - time.GetElapsedTime(started);
        var patience = total < upstream.IdleTimeout ? total : upstream.IdleTimeout;
        if (goneAt is not { } gone) return patience;
        var drain = upstream.DrainTimeout - time.GetElapsedTime(gone);
        return drain < patience ? drain : patience;
    }

    private async ValueTask PassAsync(ReadOnlyMemory<byte> piece, CancellationToken cancel)
    {
        if (Filter is null)
        {
            meter.Feed(piece.Span);
            await answer.WriteAsync(piece, cancel);
            return;
        }
        Filter.Feed(piece.Span, _filtered);
        await FlushAsync(cancel);
    }

    private async ValueTask FlushAsync(CancellationToken cancel)
    {
        if (_filtered.WrittenCount > 0) await answer.WriteAsync(_filtered.WrittenMemory, cancel);
        _filtered.ResetWrittenCount();
    }
}
