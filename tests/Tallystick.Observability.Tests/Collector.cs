using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tallystick.Observability.Tests;

/// <summary>Takes what a server exports as OTLP over HTTP, on loopback.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Collector(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>What came, by signal: <c>traces</c>, <c>metrics</c>.</summary>
    public ConcurrentDictionary<string, ConcurrentQueue<byte[]>> Received { get; } = new();

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var collector = new Collector(builder.Build());
        collector._app.UseRouting();
        collector._app.MapPost("/v1/{signal}", (RequestDelegate)collector.TakeAsync);
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var signal = (string)context.Request.RouteValues["signal"]!;
        Received.GetOrAdd(signal, _ => new()).Enqueue(body.ToArray());
    }
}
