using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Tallystick.Api.Http;

/// <summary>
/// The one trace id of a request, from the route to the journal: the caller's W3C <c>traceparent</c> if it sent one,
/// else the tracing's own, else a random one. Kept as the context's own identifier.
/// </summary>
internal static class TraceIds
{
    private const int ByteCount = 16;

    /// <summary>Called once, before anything asks for it.</summary>
    public static string Begin(HttpContext context)
    {
        var id = Activity.Current?.TraceId ?? FromHeader(context) ?? ActivityTraceId.CreateRandom();
        return context.TraceIdentifier = id.ToHexString();
    }

    public static string Of(HttpContext context) => context.TraceIdentifier;

    public static ImmutableArray<byte> BytesOf(HttpContext context)
    {
        var bytes = new byte[ByteCount];
        Convert.FromHexString(Of(context), bytes, out _, out _);
        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(bytes);
    }

    private static ActivityTraceId? FromHeader(HttpContext context) =>
        context.Request.Headers.TraceParent is [{ } header]
        && ActivityContext.TryParse(header, null, isRemote: true, out var parent)
            ? parent.TraceId
            : null;
}
