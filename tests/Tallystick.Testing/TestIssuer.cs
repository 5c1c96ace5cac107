using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tallystick.Testing;

/// <summary>An issuer of tokens on a real Kestrel: its discovery document, its keys, and what it signs.</summary>
public sealed class TestIssuer : IAsyncDisposable
{
    public const string Audience = "tallystick";
    private readonly WebApplication _app;
    private readonly List<IssuerKey> _made = [];
    private int _fetches;

    private TestIssuer(WebApplication app) => _app = app;

    /// <summary>Its name in tokens, under which its discovery document is.</summary>
    public string Url => _app.Urls.First();

    /// <summary>What it publishes.</summary>
    public List<IssuerKey> Keys { get; } = [];

    /// <summary>How often its keys were asked for.</summary>
    public int Fetches => Volatile.Read(ref _fetches);

    /// <summary>Answers instead of the keys; null: the keys.</summary>
    public Func<HttpContext, Task>? Answer { get; set; }

    /// <summary>What its discovery document says of itself; null: its name.</summary>
    public string? Name { get; set; }

    public static async Task<TestIssuer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var issuer = new TestIssuer(app);
        app.UseRouting();
        app.MapGet("/.well-known/openid-configuration", (RequestDelegate)issuer.DescribeAsync);
        app.MapGet("/keys", (RequestDelegate)issuer.GiveKeysAsync);
        await app.StartAsync();
        issuer.Publish(IssuerKey.Rsa("one"));
        return issuer;
    }

    public IssuerKey Publish(IssuerKey key)
    {
        _made.Add(key);
        Keys.Add(key);
        return key;
    }

    public void Break() => Answer = context =>
    {
        context.Response.StatusCode = 503;
        return Task.CompletedTask;
    };

    /// <summary>The claims of a sound token that is good for an hour.</summary>
    public JsonObject Claims(string subject, DateTimeOffset now) => new()
    {
        ["iss"] = Url, ["aud"] = Audience, ["sub"] = subject, ["iat"] = now.ToUnixTimeSeconds(),
        ["exp"] = now.ToUnixTimeSeconds() + 3_600,
    };

    /// <summary>A sound token for a subject.</summary>
    public string Token(string subject, DateTimeOffset now) => Sign(Claims(subject, now));

    /// <param name="head">Further members of the head; one that is null is left out.</param>
    public string Sign(JsonNode claims, IssuerKey? key = null, string algorithm = "RS256", JsonObject? head = null)
    {
        key ??= Keys[0];
        var whole = new JsonObject { ["alg"] = algorithm, ["kid"] = key.Id, ["typ"] = "JWT" };
        foreach (var (name, value) in head ?? [])
            if (value is null) whole.Remove(name); else whole[name] = value.DeepClone();
        var text = $"{IssuerKey.Encode(whole)}.{IssuerKey.Encode(claims)}";
        return $"{text}.{IssuerKey.Encode(key.Sign(algorithm, text))}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        foreach (var key in _made) key.Dispose();
    }

    private Task DescribeAsync(HttpContext context) =>
        WriteAsync(context, new() { ["issuer"] = Name ?? Url, ["jwks_uri"] = $"{Url}/keys" });

    private Task GiveKeysAsync(HttpContext context)
    {
        Interlocked.Increment(ref _fetches);
        return Answer is { } answer ? answer(context)
            : WriteAsync(context, new() { ["keys"] = new JsonArray([.. Keys.Select(key => key.ToJson())]) });
    }

    private static Task WriteAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }
}
