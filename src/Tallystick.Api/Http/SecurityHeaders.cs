using Microsoft.AspNetCore.Http;

namespace Tallystick.Api.Http;

/// <summary>
/// What every answer tells a browser: it is not a page, and is not to be kept, framed or taken for something else. The
/// pages of the documentation widen some of it.
/// </summary>
internal static class SecurityHeaders
{
    public static void Set(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
    }

    /// <summary>What a page says besides: where it leads, and who may show parts of it.</summary>
    public static void SetForPage(IHeaderDictionary headers)
    {
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}
