using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tallystick.Api.Http;
using Tallystick.Contracts;
using Tallystick.Contracts.Health;
using Tallystick.Contracts.Json;
using Tallystick.Engine;

namespace Tallystick.Api.Observability;

/// <summary>
/// <c>GET /health/live</c>: the process answers. <c>GET /health/ready</c>: the store takes writes, which is found out
/// by the last commit or, where that is long ago, by one of no consequence. Neither asks for a key.
/// </summary>
internal static class HealthEndpoints
{
    public static readonly string Version =
        typeof(HealthEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    public static void Map(IEndpointRouteBuilder app, Ledger ledger)
    {
        app.MapGet("/health/live", context => WriteAsync(context, new() { Status = "live", Version = Version }));
        app.MapGet("/health/ready", context => ReadyAsync(context, ledger));
    }

    private static async Task ReadyAsync(HttpContext context, Ledger ledger)
    {
        if (await ledger.FindFaultAsync(context.RequestAborted) is { } fault)
        {
            var problem = Problems.Of(503, ErrorCodes.StoreUnavailable, $"Not ready: {fault}.");
            await Problems.WriteAsync(context, problem with { TraceId = TraceIds.Of(context) });
            return;
        }
        await WriteAsync(context, new() { Status = "ready", Version = Version, Store = ledger.Store });
    }

    private static Task WriteAsync(HttpContext context, HealthResponse health)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(health, ContractsJson.Default.HealthResponse);
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
