using Microsoft.AspNetCore.Http;
using Tallystick.Contracts;

namespace Tallystick.Api.Http;

/// <summary>
/// Refuses a request that says twice how long it is. Others on its way may believe the other one, and take what follows
/// for a request of somebody else's (RFC 9112, section 6.3: such a message ought to be handled as an error).
/// </summary>
internal static class Framing
{
    /// <summary>Where Kestrel puts the length that it has passed over in favour of the transfer coding.</summary>
    private const string PassedOver = "X-Content-Length";

    public static bool IsAmbiguous(IHeaderDictionary headers) =>
        headers.TransferEncoding.Count > 0 && (headers.ContentLength is not null || headers.ContainsKey(PassedOver));

    public static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        return Problems.WriteAsync(
            context, Problems.Of(400, ErrorCodes.InvalidRequest, "A length and a transfer coding are one too many.")
                with { TraceId = TraceIds.Of(context) });
    }
}
