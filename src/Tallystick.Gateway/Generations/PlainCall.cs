using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tallystick.Contracts.Generations;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Dialects.Anthropic;
using Tallystick.Gateway.Dialects.Gemini;
using Tallystick.Gateway.Dialects.OpenAi;

namespace Tallystick.Gateway.Generations;

/// <summary>A call in no provider's dialect, put into one; and its answer's text, taken out of it.</summary>
internal static class PlainCall
{
    private const int MessagesMax = 1_000;

    /// <summary>Anthropic asks for a bound; this one holds for all of its models.</summary>
    private const long AnthropicMaxDefault = 4_096;

    public static void Check(GenerateRequest request)
    {
        if (request.Model.Length is 0 or > Fields.NameMax) throw new CallException("model", "model must be a name.");
        if ((request.Prompt is null) == (request.Messages is null))
            throw new CallException("prompt", "Give it, or else messages.");
        if (request.MaxTokens is < 1 or > Fields.OutputTokensMax)
            throw new CallException("max_tokens", $"1 to {Fields.OutputTokensMax}");
        if (request.Messages is not { } messages) return;
        if (messages.Count is 0 or > MessagesMax) throw new CallException("messages", $"1 to {MessagesMax}");
        if (messages.Any(message => message is not { Role: "user" or "assistant", Content: not null }))
            throw new CallException("messages", "each with a role, user or assistant, and content");
    }

    public static (Dialect Dialect, byte[] Body) Write(GenerateRequest request, ProviderFamily family) => family switch
    {
        ProviderFamily.Anthropic => (new MessagesDialect(counts: false), Bytes(ToMessages(request))),
        ProviderFamily.Gemini => (
            new GeminiDialect(request.Model, GeminiMethod.GenerateContent, asEvents: false),
            Bytes(ToContents(request))),
        _ => (new ChatDialect(), Bytes(ToChat(request))),
    };

    /// <summary>The text of an answer, or of its parts; null where it has neither, or cannot be read.</summary>
    /// <param name="operation">The name of the dialect that it is in.</param>
    public static string? TextOf(string operation, byte[] answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            var root = document.RootElement;
            return TextOf(operation switch
            {
                "messages" => Member(root, "content"),
                "generate_content" => Member(Member(First(Member(root, "candidates")), "content"), "parts"),
                _ => Member(Member(First(Member(root, "choices")), "message"), "content"),
            });
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => content.GetString(),
        JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part => Member(part, "text"))
            .Where(text => text.ValueKind == JsonValueKind.String).Select(text => text.GetString())),
        _ => null,
    };

    private static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

    private static JsonElement First(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().FirstOrDefault() : default;

    private static JsonObject ToChat(GenerateRequest request)
    {
        var messages = new JsonArray([.. Turns(request).Select(Message)]);
        if (request.System is not null) messages.Insert(0, Message(new("system", request.System)));
        var body = new JsonObject { ["model"] = request.Model, ["messages"] = messages };
        if (request.MaxTokens is { } max) body["max_completion_tokens"] = max;
        return body;
    }

    private static JsonObject ToMessages(GenerateRequest request)
    {
        var body = new JsonObject
        {
            ["model"] = request.Model, ["max_tokens"] = request.MaxTokens ?? AnthropicMaxDefault,
            ["messages"] = new JsonArray([.. Turns(request).Select(Message)]),
        };
        if (request.System is not null) body["system"] = request.System;
        return body;
    }

    private static JsonObject ToContents(GenerateRequest request)
    {
        var body = new JsonObject
        {
            ["contents"] = new JsonArray([.. Turns(request).Select(turn => (JsonNode)new JsonObject
            {
                ["role"] = turn.Role == "assistant" ? "model" : "user",
                ["parts"] = Parts(turn.Content),
            })]),
        };
        if (request.System is { } system) body["systemInstruction"] = new JsonObject { ["parts"] = Parts(system) };
        if (request.MaxTokens is { } max) body["generationConfig"] = new JsonObject { ["maxOutputTokens"] = max };
        return body;
    }

    private static JsonArray Parts(string text) => new(new JsonObject { ["text"] = text });

    private static IEnumerable<GenerateMessage> Turns(GenerateRequest request) =>
        request.Messages ?? [new("user", request.Prompt!)];

    private static JsonNode Message(GenerateMessage message) =>
        new JsonObject { ["role"] = message.Role, ["content"] = message.Content };

    private static byte[] Bytes(JsonObject body) => Encoding.UTF8.GetBytes(body.ToJsonString());
}
