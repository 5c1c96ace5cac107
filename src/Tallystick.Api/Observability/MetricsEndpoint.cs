using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tallystick.Api.Observability.Metrics;

namespace Tallystick.Api.Observability;

/// <summary><c>GET /metrics</c>: what a Prometheus scrapes. No key, and nothing of any account.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder app, MetricsCollector collector) => app.MapGet("/metrics", context =>
    {
        context.Response.ContentType = PrometheusText.ContentType;
        return context.Response.WriteAsync(collector.Scrape(), context.RequestAborted);
    });
}
