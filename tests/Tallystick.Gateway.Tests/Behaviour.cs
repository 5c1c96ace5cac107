using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tallystick.Gateway.Tests;

/// <summary>A way in which an upstream may behave, and what the documented rule makes of it.</summary>
/// <param name="Name">Unique among all.</param>
/// <param name="Path">The route that is called.</param>
/// <param name="Ask">The call.</param>
/// <param name="Run">What the upstream does.</param>
/// <param name="Rule">What the call comes to.</param>
internal sealed record Behaviour(string Name, string Path, string Ask, Func<HttpContext, Task> Run, Rule Rule)
{
    public override string ToString() => Name;

    /// <summary>Pieces of a stream, each flushed; a null breaks the connection.</summary>
    public static Func<HttpContext, Task> Stream(params IEnumerable<string?> pieces) => async context =>
    {
        if (!context.Response.HasStarted) context.Response.ContentType = "text/event-stream";
        foreach (var piece in pieces) await SendAsync(context, piece);
    };

    /// <summary>A whole body of a media type, in pieces; a null breaks the connection.</summary>
    public static Func<HttpContext, Task> Body(string type, params IEnumerable<string?> pieces) => async context =>
    {
        context.Response.ContentType = type;
        foreach (var piece in pieces) await SendAsync(context, piece);
    };

    public static Func<HttpContext, Task> Status(int status, string body = """{"error":{"message":"no"}}""") =>
        async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(body);
        };

    private static async Task SendAsync(HttpContext context, string? piece)
    {
        if (piece is null)
        {
            // A reset takes what has not been read with it.
            await Task.Delay(100);
            context.Abort();
            await Task.Delay(Timeout.Infinite, context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        await context.Response.Body.WriteAsync(Encoding.Latin1.GetBytes(piece));
        await context.Response.Body.FlushAsync();
    }
}

/// <summary>What a call comes to.</summary>
internal abstract record Rule
{
    /// <summary>By the provider's figures, whoever listens.</summary>
    public sealed record Exact(long Input, long Output) : Rule;

    /// <summary>By the documented estimate, and marked so.</summary>
    public sealed record Estimate : Rule;

    /// <summary>Nothing was given, nothing is taken.</summary>
    public sealed record Nothing : Rule;
}
