using System.Text;

namespace Tallystick.Server.Bench;

/// <summary>
/// A provider that answers at once, whole or in a stream of twenty pieces: what is measured beside it is the gateway.
/// </summary>
internal static class UpstreamEndpoint
{
    public const string Path = "/chat/completions", Model = "bench";
    private const int Pieces = 20;
    private const string Usage = """ "usage":{"prompt_tokens":12,"completion_tokens":20,"total_tokens":32} """;

    private static readonly byte[] Whole = Encoding.ASCII.GetBytes(
        $$"""
        {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"{{Model}}","choices":[{"index":0,
        "message":{"role":"assistant","content":"{{new string('x', 80)}}"},"finish_reason":"stop"}],{{Usage}}}
        """);

    private static readonly byte[] Piece = Encoding.ASCII.GetBytes(
        """data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"word"}}]}""" + "\n\n");

    private static readonly byte[] Last = Encoding.ASCII.GetBytes(
        $$"""data: {"id":"chatcmpl-1","choices":[],{{Usage}}}""" + "\n\ndata: [DONE]\n\n");

    public static async Task<int> RunAsync(string url, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddRoutingCore();
        await using var app = builder.Build();
        app.UseRouting();
        app.MapPost(Path, (RequestDelegate)AnswerAsync);
        await app.StartAsync(cancel);
        Console.WriteLine($"The upstream listens on {string.Join(", ", app.Urls)}");
        await app.WaitForShutdownAsync(cancel);
        return ExitCode.Ok;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (body.GetBuffer().AsSpan(0, (int)body.Length).IndexOf("\"stream\":true"u8) < 0)
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Whole.Length;
            await context.Response.Body.WriteAsync(Whole, context.RequestAborted);
            return;
        }
        context.Response.ContentType = "text/event-stream";
        for (var i = 0; i < Pieces; i++)
        {
            await context.Response.Body.WriteAsync(Piece, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
        await context.Response.Body.WriteAsync(Last, context.RequestAborted);
    }
}
