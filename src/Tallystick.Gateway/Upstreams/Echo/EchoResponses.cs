using System.Text.Json.Nodes;

namespace Tallystick.Gateway.Upstreams.Echo;

/// <summary>
/// The echo's answers to <c>/v1/responses</c>, with every event of a stream that the SDKs' helpers wait for.
/// </summary>
internal static class EchoResponses
{
    private const string MessageId = $"msg_{EchoAnswers.Id}";

    public static IEnumerable<EchoStep> Of(EchoRequest asked) =>
        asked.IsStream
            ? Events(asked).Select((step, number) =>
            {
                step.Event["sequence_number"] = number;
                return EchoAnswers.Named(step.Event, step.IsWord);
            })
            : EchoAnswers.Whole(asked, Response(asked, "completed"));

    private static IEnumerable<(JsonObject Event, bool IsWord)> Events(EchoRequest asked)
    {
        var begun = asked with { Words = [] };
        yield return (new() { ["type"] = "response.created", ["response"] = Response(begun, "in_progress") }, false);
        yield return (Item("response.output_item.added", Message([], "in_progress")), false);
        yield return (Part("response.content_part.added", "part", TextPart("")), false);
        foreach (var piece in EchoAnswers.Pieces(asked))
            yield return (Part("response.output_text.delta", "delta", piece), true);
        var text = EchoAnswers.Text(asked);
        yield return (Part("response.output_text.done", "text", text), false);
        yield return (Part("response.content_part.done", "part", TextPart(text)), false);
        yield return (Item("response.output_item.done", Message([TextPart(text)], "completed")), false);
        yield return (new() { ["type"] = "response.completed", ["response"] = Response(asked, "completed") }, false);
    }

    private static JsonObject Item(string type, JsonObject item) =>
        new() { ["type"] = type, ["output_index"] = 0, ["item"] = item };

    private static JsonObject Part(string type, string name, JsonNode value)
    {
        var part = new JsonObject
        {
            ["type"] = type, ["item_id"] = MessageId, ["output_index"] = 0, ["content_index"] = 0, [name] = value,
        };
        if (type.StartsWith("response.output_text", StringComparison.Ordinal)) part["logprobs"] = new JsonArray();
        return part;
    }

    private static JsonObject TextPart(string text) => new()
    {
        ["type"] = "output_text", ["text"] = text, ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray(),
    };

    private static JsonObject Message(JsonArray content, string status) => new()
    {
        ["type"] = "message", ["id"] = MessageId, ["status"] = status, ["role"] = "assistant", ["content"] = content,
    };

    private static JsonObject Response(EchoRequest asked, string status) => new()
    {
        ["id"] = $"resp_{EchoAnswers.Id}", ["object"] = "response", ["created_at"] = EchoAnswers.Created,
        ["status"] = status, ["model"] = asked.Model, ["error"] = null, ["incomplete_details"] = null,
        ["instructions"] = null, ["metadata"] = new JsonObject(), ["parallel_tool_calls"] = true, ["temperature"] = 1,
        ["tool_choice"] = "auto", ["tools"] = new JsonArray(), ["top_p"] = 1,
        ["output"] = asked.Words.Count == 0
            ? new JsonArray()
            : new JsonArray(Message([TextPart(EchoAnswers.Text(asked))], "completed")),
        ["usage"] = !asked.HasUsage || status != "completed" ? null : new JsonObject
        {
            ["input_tokens"] = asked.InputTokens,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = 0 },
            ["output_tokens"] = asked.Words.Count,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 },
            ["total_tokens"] = asked.InputTokens + asked.Words.Count,
        },
    };
}
