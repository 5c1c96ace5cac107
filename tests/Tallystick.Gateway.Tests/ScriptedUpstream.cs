using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tallystick.Gateway.Tests;

/// <summary>A provider on a real Kestrel that behaves as it is told, and remembers what it was sent.</summary>
internal sealed class ScriptedUpstream : IAsyncDisposable
{
    private const string BodyItem = "body";
    private readonly WebApplication _app;

    private ScriptedUpstream(WebApplication app) => _app = app;

    /// <summary>What to do with the next requests.</summary>
    public Func<HttpContext, Task> Script { get; set; } = context => Task.CompletedTask;
    public ConcurrentQueue<Seen> Requests { get; } = new();
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _scripts = new();

    /// <summary>What to do with the request whose prompt has a word, ended by a full stop.</summary>
    public void On(string word, Func<HttpContext, Task> script) => _scripts[word] = script;

    public string Url => _app.Urls.First();

    public static async Task<ScriptedUpstream> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var upstream = new ScriptedUpstream(app);
        app.Run(upstream.AnswerAsync);
        await app.StartAsync();
        return upstream;
    }

    /// <summary>What a request said.</summary>
    public static string BodyOf(HttpContext context) => (string)context.Items[BodyItem]!;

    /// <summary>Answers each request with a status and a body.</summary>
    public void Says(int status, string body, string type = "application/json") => Script = async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(body);
    };

    /// <summary>Answers with a stream, each piece flushed by itself.</summary>
    public void Streams(params IEnumerable<string> pieces) => Script = async context =>
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var piece in pieces)
        {
            await context.Response.WriteAsync(piece);
            await context.Response.Body.FlushAsync();
        }
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var text = Encoding.UTF8.GetString(body.ToArray());
        context.Items[BodyItem] = text;
        if (!_scripts.IsEmpty)
        {
            var start = text.IndexOf("Hello ", StringComparison.Ordinal) + "Hello ".Length;
            await _scripts[text[start..text.IndexOf('.', start)]](context);
            return;
        }
        Requests.Enqueue(new(
            context.Request.Path + context.Request.QueryString.Value,
            context.Request.Headers.ToDictionary(
                header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            text));
        await Script(context);
    }

    public sealed record Seen(string Path, IReadOnlyDictionary<string, string> Headers, string Body);
}
