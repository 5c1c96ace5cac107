using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallystick.Testing;

namespace Tallystick.Gateway.Tests.Sdks;

/// <summary>
/// A provider for what the echo does not do: it calls the tool that it is given, and answers when it has the tool's
/// result; it draws, speaks and listens. Its answers have the members that the providers' API references name.
/// </summary>
internal static class Provider
{
    /// <summary>Its own, and the built-in one.</summary>
    private static readonly string[] Models =
        ["echo", "gpt-5", "flaky", "claude", "gpt-image-1", "tts-1", "whisper-1"];

    private static readonly string[] ToolResults =
        ["\"role\":\"tool\"", "\"function_call_output\"", "\"tool_result\""];

    /// <summary>A gateway with this provider behind it: each token in costs 1 credit and each out 2.</summary>
    public static async Task<GatewayServer> ServeAsync()
    {
        var server = await GatewayServer.StartAsync(
            credits: 10_000_000,
            prices: Models.Select(model => GatewayServer.Price(null, model, ("input", 1), ("output", 2))));
        var failures = new ConcurrentQueue<int>([429, 503]);
        server.Upstream.Script = context => AnswerAsync(context, failures);
        return server;
    }

    /// <summary>The model <c>flaky</c> fails as often as there are failures.</summary>
    private static Task AnswerAsync(HttpContext context, ConcurrentQueue<int> failures)
    {
        var body = ScriptedUpstream.BodyOf(context);
        if (body.Contains("\"flaky\"", StringComparison.Ordinal))
            return failures.TryDequeue(out var status) ? Behaviour.Status(status)(context) : JsonAsync("chat-text");
        var what = ToolResults.Any(mark => body.Contains(mark, StringComparison.Ordinal)) ? "text" : "tool";
        var isStream = body.Contains("\"stream\":true", StringComparison.Ordinal);
        return context.Request.Path.Value switch
        {
            "/openai/chat/completions" when isStream => StreamAsync("chat-tool"),
            "/openai/chat/completions" => JsonAsync($"chat-{what}"),
            "/openai/responses" => JsonAsync($"response-{what}"),
            "/anthropic/messages" when isStream => StreamAsync("message-tool"),
            "/anthropic/messages" => JsonAsync($"message-{what}"),
            "/openai/images/generations" => JsonAsync("image"),
            "/openai/audio/speech" => Behaviour.Body("audio/mpeg", "sound")(context),
            "/openai/audio/transcriptions" => Behaviour.Body("application/json", """{"text":"heard"}""")(context),
            "/openai/audio/translations" => Behaviour.Body("application/json", """{"text":"said"}""")(context),
            _ => Behaviour.Status(404)(context),
        };

        Task JsonAsync(string name) => Behaviour.Body("application/json", Read($"{name}.json"))(context);

        Task StreamAsync(string name) => Behaviour.Stream(
            Read($"{name}.chunks.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ToEvent))(context);
    }

    private static string Read(string file) =>
        RepositoryFile.Read($"tests/Tallystick.Gateway.Tests/sdk/answers/{file}");

    /// <summary>Anthropic's events are named by their type.</summary>
    private static string ToEvent(string data)
    {
        var named = "";
        if (data[0] == '{')
        {
            using var json = JsonDocument.Parse(data);
            if (json.RootElement.TryGetProperty("type", out var type)) named = $"event: {type}\n";
        }
        return $"{named}data: {data}\n\n";
    }
}
