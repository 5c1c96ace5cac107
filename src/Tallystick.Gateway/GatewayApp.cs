using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tallystick.Engine;
using Tallystick.Engine.Limits;
using Tallystick.Gateway.Calls;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Dialects.Anthropic;
using Tallystick.Gateway.Dialects.Gemini;
using Tallystick.Gateway.Dialects.OpenAi;
using Tallystick.Gateway.Generations;
using Tallystick.Gateway.Http;
using Tallystick.Gateway.Models;
using Tallystick.Gateway.Upstreams;

namespace Tallystick.Gateway;

/// <summary>Puts the gateway on a web application: the routes of the providers whose SDKs it serves.</summary>
public static class GatewayApp
{
    public static IServiceCollection AddTallystickGateway(
        this IServiceCollection services, GatewayOptions options) => services
        .AddSingleton(_ => options.SpoolPath is { } path ? CallSpool.Open(path) : CallSpool.None)
        .AddSingleton<OutputHistory>()
        .AddSingleton<Planner>()
        .AddSingleton(_ => new BodyReader(BodyReader.BytesInFlightDefault))
        .AddSingleton<Holders>()
        .AddSingleton<GenerationBook>()
        .AddSingleton(provider => new GenerationReader(provider.GetRequiredService<Ledger>()))
        .AddSingleton<CallsUnderWay>()
        .AddSingleton(provider => new Settler(
            provider.GetRequiredService<Ledger>(), provider.GetRequiredService<CallSpool>(), TimeProvider.System,
            provider.GetRequiredService<ILogger<Settler>>()))
        .AddSingleton(_ => new UpstreamClient(new(options.AllowsPrivateUpstreams), TimeProvider.System))
        .AddSingleton(provider => new CallServices(
            provider.GetRequiredService<Ledger>(), provider.GetRequiredService<Planner>(),
            provider.GetRequiredService<UpstreamClient>(), provider.GetRequiredService<Settler>(),
            provider.GetRequiredService<CallerLimits>(), TimeProvider.System))
        .AddSingleton<CallRunner>();

    /// <summary>
    /// Maps the routes, behind the ledger's own middleware, and begins to settle what an earlier process left.
    /// </summary>
    public static void MapTallystickGateway(this WebApplication app)
    {
        Forward("/v1/chat/completions", () => new ChatDialect());
        Forward("/v1/completions", () => new CompletionsDialect());
        Forward("/v1/responses", () => new ResponsesDialect());
        Forward("/v1/embeddings", () => new EmbeddingsDialect());
        Forward("/v1/images/generations", () => new ImagesDialect());
        Forward("/v1/audio/speech", () => new SpeechDialect());
        Forward("/v1/audio/transcriptions", () => new TranscriptionDialect(translates: false), isForm: true);
        Forward("/v1/audio/translations", () => new TranscriptionDialect(translates: true), isForm: true);
        Forward("/v1/messages", () => new MessagesDialect(counts: false));
        Forward("/v1/messages/count_tokens", () => new MessagesDialect(counts: true));
        foreach (var version in (string[])["v1beta", "v1"])
            app.MapPost($"/{version}/models/{{**call}}", (RequestDelegate)GeminiAsync);
        app.MapGet("/v1/models", (RequestDelegate)ModelEndpoints.ListAsync);
        app.MapGet("/v1/models/{**call}", (RequestDelegate)ModelEndpoints.GetAsync);
        app.MapGet("/v1beta/models", (RequestDelegate)ModelEndpoints.ListGeminiAsync);
        app.MapGet("/v1/credits", (RequestDelegate)CreditEndpoints.CreditsAsync);
        app.MapGet("/v1/key", (RequestDelegate)CreditEndpoints.KeyAsync);
        app.MapGet("/v1/generation", (RequestDelegate)CreditEndpoints.GenerationAsync);
        app.MapPost("/api/v1/generate", (RequestDelegate)GenerationEndpoints.GenerateAsync);
        app.MapPost("/api/v1/generations", (RequestDelegate)GenerationEndpoints.CreateAsync);
        app.MapGet("/api/v1/generations/{id}", (RequestDelegate)GenerationEndpoints.GetAsync);
        app.MapPost("/api/v1/generations/{id}/cancel", (RequestDelegate)GenerationEndpoints.CancelAsync);
        _ = app.Services.GetRequiredService<Settler>().RecoverAsync();

        void Forward(string path, Func<Dialect> dialect, bool isForm = false) =>
            app.MapPost(path, (RequestDelegate)(context => ForwardAsync(context, dialect(), isForm)));
    }

    private static Task ForwardAsync(HttpContext context, Dialect dialect, bool isForm)
    {
        var call = new GatewayCall(context, dialect.Errors);
        return call.RunAsync(holder => call.ForwardAsync(holder, dialect, isForm), mayReplay: true);
    }

    private static Task GeminiAsync(HttpContext context)
    {
        var call = new GatewayCall(context, ErrorShape.Gemini);
        var path = (string)context.Request.RouteValues["call"]!;
        var colon = path.LastIndexOf(':');
        GeminiMethod? method = path[(colon + 1)..] switch
        {
            "generateContent" => GeminiMethod.GenerateContent,
            "streamGenerateContent" => GeminiMethod.StreamGenerateContent,
            "countTokens" => GeminiMethod.CountTokens,
            _ => null,
        };
        if (colon < 1 || method is null)
            return call.RefuseAsync(new(404, Contracts.ErrorCodes.NotFound, "There is no such method."));
        var asEvents = context.Request.Query["alt"] == "sse";
        return call.RunAsync(
            holder => call.ForwardAsync(holder, new GeminiDialect(path[..colon], method.Value, asEvents)),
            mayReplay: true);
    }
}
