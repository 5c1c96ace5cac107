using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tallystick.Engine.Telemetry;

namespace Tallystick.Api.Observability;

/// <summary>
/// Times every request and, where somebody collects spans, gives it one: the caller's <c>traceparent</c> is its parent.
/// Names are OpenTelemetry's for HTTP servers. Labels are routes, not paths.
/// </summary>
internal static class RequestObserver
{
    private const string Unmatched = "none";
    private static readonly double[] Seconds =
        [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    private static readonly object[] Statuses = [.. Enumerable.Range(0, 600).Select(status => (object)status)];
    private static readonly Meter Meter = new(Signals.Name);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "http.server.request.duration", "s", "From the request's headers to the end of its answer",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    /// <summary>Ends with the request, and its span with it; only what was answered is timed.</summary>
    public static Observed Begin(HttpContext context)
    {
        var method = Array.Find(Methods, known => known == context.Request.Method) ?? "_OTHER";
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? Unmatched;
        return new(
            Stopwatch.GetTimestamp(), method, route,
            Signals.Source.HasListeners() ? Start(context, method, route) : null);
    }

    /// <summary>One request while it is under way.</summary>
    internal readonly struct Observed(long since, string method, string route, Activity? span) : IDisposable
    {
        public void Answered(HttpContext context)
        {
            var status = Statuses[Math.Clamp(context.Response.StatusCode, 0, Statuses.Length - 1)];
            Duration.Record(
                Stopwatch.GetElapsedTime(since).TotalSeconds, new("http.request.method", method),
                new("http.route", route), new("http.response.status_code", status));
            span?.SetTag("http.response.status_code", status);
            if (context.Response.StatusCode >= 500) span?.SetStatus(ActivityStatusCode.Error);
        }

        public void Dispose() => span?.Dispose();
    }

    private static Activity? Start(HttpContext context, string method, string route)
    {
        ActivityContext.TryParse(
            context.Request.Headers.TraceParent, context.Request.Headers["tracestate"], isRemote: true, out var parent);
        var span = Signals.Source.StartActivity($"{method} {route}", ActivityKind.Server, parent);
        span?.SetTag("http.request.method", method);
        span?.SetTag("http.route", route);
        // No url.path: somebody may have put a credential into it, in a form that nobody can tell.
        return span;
    }
}
