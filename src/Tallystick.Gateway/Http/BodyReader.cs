using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tallystick.Contracts;
using Tallystick.Gateway.Dialects;

namespace Tallystick.Gateway.Http;

/// <summary>
/// Reads the bodies of calls: a prompt may hold images, so each may be large, but all at once have a bound too.
/// Thread-safe.
/// </summary>
/// <param name="bytesInFlightMax">Of all calls together, from their first byte to their end.</param>
internal sealed class BodyReader(long bytesInFlightMax)
{
    /// <summary>As large as the largest that a provider takes.</summary>
    public const int BytesMax = 32 << 20;

    public const long BytesInFlightDefault = 512L << 20;

    private readonly long _bytesInFlightMax = bytesInFlightMax;
    private long _inFlight;

    /// <summary>The body, or the error that it is refused with.</summary>
    public async ValueTask<(ReadBody? Body, GatewayError? Error)> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = BytesMax;
        if (context.Request.Headers.ContentEncoding.Count > 0)
            return (null, new(415, ErrorCodes.UnsupportedMediaType, "Compressed bodies are not taken."));
        if (context.Request.ContentLength > BytesMax) return (null, TooLarge);
        var counted = new ReadBody(this);
        try
        {
            var error = await ReadAsync(context, counted);
            if (error is null) return (counted, null);
            counted.Dispose();
            return (null, error);
        }
        catch
        {
            counted.Dispose();
            throw;
        }
    }

    /// <summary>What has come of a body counts as it comes: a slow client's takes as much memory.</summary>
    private static async ValueTask<GatewayError?> ReadAsync(HttpContext context, ReadBody body)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > BytesMax) return TooLarge;
            if (!body.TryCount(read.Buffer.Length))
                return new(503, ErrorCodes.Overloaded, "Too much is under way; try again shortly.");
            if (read.IsCompleted)
            {
                body.Bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static GatewayError TooLarge =>
        new(413, ErrorCodes.PayloadTooLarge, $"A call has at most {BytesMax} bytes.");

    /// <summary>A body, as long as its call is under way.</summary>
    internal sealed class ReadBody(BodyReader reader) : IDisposable
    {
        private long _counted;

        public ReadOnlyMemory<byte> Bytes { get; set; }

        /// <summary>False where there would be too much of all calls together.</summary>
        public bool TryCount(long length)
        {
            var more = length - _counted;
            if (Interlocked.Add(ref reader._inFlight, more) > reader._bytesInFlightMax)
            {
                Interlocked.Add(ref reader._inFlight, -more);
                return false;
            }
            _counted = length;
            return true;
        }

        public void Dispose() => Interlocked.Add(ref reader._inFlight, -_counted);
    }
}
