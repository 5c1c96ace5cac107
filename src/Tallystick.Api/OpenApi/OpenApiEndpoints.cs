using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Tallystick.Api.Http;
using Tallystick.Contracts.Gateway;

namespace Tallystick.Api.OpenApi;

/// <summary>
/// <c>GET /openapi/v1.json</c>, and <c>GET /docs</c>: a page to read and try it, with everything it needs from this
/// server. Neither asks for a key.
/// </summary>
internal static class OpenApiEndpoints
{
    /// <summary>Nothing from elsewhere is loaded, sent to or framed; the page's own script makes its styles.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        + "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Map(
        IEndpointRouteBuilder app, IEnumerable<ApiRoute> routes, IReadOnlyList<GatewayRoute> gateway, string version)
    {
        var document = new Lazy<byte[]>(() => OpenApiDocument.Write([.. routes], gateway, version));
        app.MapGet("/openapi/v1.json", context => WriteAsync(context, document.Value, "application/json"));
        app.MapGet("/docs", context => WriteAsync(context, Page.Value, "text/html; charset=utf-8"));
        app.MapGet("/docs/page.js", context => WriteAsync(context, PageScript.Value, "text/javascript; charset=utf-8"));
        app.MapGet("/docs/reference.js", WriteReferenceAsync);
        app.MapGet("/", context =>
        {
            context.Response.Redirect("/docs");
            return Task.CompletedTask;
        });
    }

    private static readonly Lazy<byte[]> Page = new(() => Read("docs.html"));
    private static readonly Lazy<byte[]> PageScript = new(() => Read("docs.js"));
    private static readonly Lazy<byte[]> Reference = new(() => Read("reference.js.gz"));

    /// <summary>Stored compressed, and sent so: every browser takes it.</summary>
    private static Task WriteReferenceAsync(HttpContext context)
    {
        context.Response.Headers.ContentEncoding = "gzip";
        return WriteAsync(context, Reference.Value, "text/javascript; charset=utf-8");
    }

    private static Task WriteAsync(HttpContext context, byte[] content, string type)
    {
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"";
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.ContentSecurityPolicy = Policy;
        SecurityHeaders.SetForPage(context.Response.Headers);
        if (context.Request.Headers[HeaderNames.IfNoneMatch] == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(OpenApiEndpoints).Assembly.GetManifestResourceStream(name)!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
