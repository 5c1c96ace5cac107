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
internal sealed class BodyReader
{
    /// <summary>As large as the largest that a provider takes.</summary>
    public const int BytesMax = 32 << 20;

    /// <summary>Of all calls together, from their first byte to their end.</summary>
    private const long BytesInFlightMax = 512L << 20;

    private long _inFlight;

    /// <summary>The body, or the error that it is refused with.</summary>
    public async ValueTask<(ReadBody? Body, GatewayError? Error)> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = BytesMax;
        if (context.Request.Headers.ContentEncoding.Count > 0)
            return (null, new(415, ErrorCodes.UnsupportedMediaType, "Compressed bodies are not taken."));
        if (context.Request.ContentLength > BytesMax) return (null, TooLarge);
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > BytesMax) return (null, TooLarge);
            if (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            var length = read.Buffer.Length;
            if (Interlocked.Add(ref _inFlight, length) > BytesInFlightMax)
            {
                Interlocked.Add(ref _inFlight, -length);
                return (null, new(503, ErrorCodes.Overloaded, "Too much is under way; try again shortly."));
            }
            var bytes = read.Buffer.ToArray();
            reader.AdvanceTo(read.Buffer.End);
            return (new(this, bytes), null);
        }
    }

    private static GatewayError TooLarge =>
        new(413, ErrorCodes.PayloadTooLarge, $"A call has at most {BytesMax} bytes.");

    /// <summary>A body, as long as its call is under way.</summary>
    internal sealed class ReadBody(BodyReader reader, byte[] bytes) : IDisposable
    {
        public ReadOnlyMemory<byte> Bytes => bytes;

        public void Dispose() => Interlocked.Add(ref reader._inFlight, -bytes.Length);
    }
}
