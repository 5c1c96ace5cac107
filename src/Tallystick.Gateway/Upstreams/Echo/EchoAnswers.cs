using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tallystick.Gateway.Upstreams.Echo;

/// <summary>
/// The echo's answers, each as its dialect's own provider would send it. Equal requests have equal answers.
/// </summary>
internal static class EchoAnswers
{
    public const string Id = "echo";
    public const long Created = 1_700_000_000;
    private const int Dimensions = 8;

    public static IEnumerable<EchoStep> Chat(EchoRequest asked) =>
        asked.IsStream ? ChatStream(asked) : Whole(asked, ChatObject(asked));

    private static JsonObject ChatObject(EchoRequest asked) => new()
    {
        ["id"] = $"chatcmpl-{Id}", ["object"] = "chat.completion", ["created"] = Created, ["model"] = asked.Model,
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0, ["finish_reason"] = asked.IsCut ? "length" : "stop", ["logprobs"] = null,
            ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = Text(asked), ["refusal"] = null },
        }),
        ["usage"] = ChatUsage(asked),
    };

    public static IEnumerable<EchoStep> Completion(EchoRequest asked)
    {
        var choice = new JsonObject
        {
            ["index"] = 0, ["text"] = Text(asked), ["logprobs"] = null,
            ["finish_reason"] = asked.IsCut ? "length" : "stop",
        };
        var whole = new JsonObject
        {
            ["id"] = $"cmpl-{Id}", ["object"] = "text_completion", ["created"] = Created, ["model"] = asked.Model,
            ["choices"] = new JsonArray(choice), ["usage"] = ChatUsage(asked),
        };
        return asked.IsStream ? [Event(whole, isWord: true), Done] : Whole(asked, whole);
    }

    public static IEnumerable<EchoStep> Embeddings(EchoRequest asked) => Whole(asked, new()
    {
        ["object"] = "list", ["model"] = asked.Model,
        ["data"] = new JsonArray([.. Enumerable.Range(0, asked.Inputs).Select(index => (JsonNode)new JsonObject
        {
            ["object"] = "embedding", ["index"] = index, ["embedding"] = Vector(index, asked.IsPacked),
        })]),
        ["usage"] = asked.HasUsage
            ? new JsonObject { ["prompt_tokens"] = asked.InputTokens, ["total_tokens"] = asked.InputTokens }
            : null,
    });

    /// <param name="isPacked">As the bytes of its single-precision numbers, in base64.</param>
    private static JsonNode Vector(int index, bool isPacked)
    {
        var eighths = Enumerable.Range(1, Dimensions).Select(number => number * (index + 1) % 7).ToList();
        if (!isPacked) return new JsonArray([.. eighths.Select(number => (JsonNode)(number / 8m))]);
        var bytes = new byte[Dimensions * sizeof(float)];
        foreach (var (place, number) in eighths.Index())
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(place * sizeof(float)), number / 8f);
        return Convert.ToBase64String(bytes);
    }

    public static IEnumerable<EchoStep> Message(EchoRequest asked)
    {
        if (!asked.IsStream) return Whole(asked, MessageObject(asked));
        var started = MessageObject(asked with { Words = [] });
        started["stop_reason"] = null;
        return
        [
            Named(new() { ["type"] = "message_start", ["message"] = started }),
            Named(new()
            {
                ["type"] = "content_block_start", ["index"] = 0,
                ["content_block"] = new JsonObject { ["type"] = "text", ["text"] = "" },
            }),
            .. Pieces(asked).Select(piece => Named(new()
            {
                ["type"] = "content_block_delta", ["index"] = 0,
                ["delta"] = new JsonObject { ["type"] = "text_delta", ["text"] = piece },
            }, isWord: true)),
            Named(new() { ["type"] = "content_block_stop", ["index"] = 0 }),
            Named(new()
            {
                ["type"] = "message_delta",
                ["delta"] = new JsonObject { ["stop_reason"] = StopReason(asked), ["stop_sequence"] = null },
                ["usage"] = asked.HasUsage ? new JsonObject { ["output_tokens"] = asked.Words.Count } : null,
            }),
            Named(new() { ["type"] = "message_stop" }),
        ];
    }

    public static IEnumerable<EchoStep> TokenCount(EchoRequest asked) =>
        Whole(asked, new() { ["input_tokens"] = asked.InputTokens });

    public static IEnumerable<EchoStep> GeminiTokenCount(EchoRequest asked) =>
        Whole(asked, new() { ["totalTokens"] = asked.InputTokens });

    /// <param name="asEvents">Of a stream: events, else the elements of one list.</param>
    public static IEnumerable<EchoStep> Content(EchoRequest asked, bool asEvents)
    {
        if (!asked.IsStream) return Whole(asked, ContentObject(asked, Text(asked), asked.Words.Count));
        var pieces = Pieces(asked).Index()
            .Select(piece => ContentObject(asked, piece.Item, piece.Index + 1).ToJsonString(Plain)).ToList();
        return asEvents
            ? pieces.Select(piece => new EchoStep($"data: {piece}\r\n\r\n", IsWord: true))
            : [new("[", IsWord: false), .. pieces.Index().Select(Element), new("]", IsWord: false)];

        static EchoStep Element((int Index, string Item) piece) =>
            new((piece.Index > 0 ? ",\r\n" : "") + piece.Item, IsWord: true);
    }

    private static IEnumerable<EchoStep> ChatStream(EchoRequest asked)
    {
        foreach (var (index, piece) in Pieces(asked).Index())
        {
            var delta = new JsonObject { ["content"] = piece };
            if (index == 0) delta["role"] = "assistant";
            yield return Event(Chunk(asked, delta, finish: null), isWord: true);
        }
        yield return Event(Chunk(asked, [], asked.IsCut ? "length" : "stop"));
        if (asked.IncludesUsage && asked.HasUsage)
        {
            var last = Chunk(asked, [], finish: null);
            last["choices"] = new JsonArray();
            last["usage"] = ChatUsage(asked);
            yield return Event(last);
        }
        yield return Done;
    }

    private static JsonObject Chunk(EchoRequest asked, JsonObject delta, string? finish) => new()
    {
        ["id"] = $"chatcmpl-{Id}", ["object"] = "chat.completion.chunk", ["created"] = Created, ["model"] = asked.Model,
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish }),
    };

    private static JsonObject MessageObject(EchoRequest asked) => new()
    {
        ["id"] = $"msg_{Id}", ["type"] = "message", ["role"] = "assistant", ["model"] = asked.Model,
        ["content"] = asked.Words.Count == 0 ? new JsonArray()
            : new JsonArray(new JsonObject { ["type"] = "text", ["text"] = Text(asked) }),
        ["stop_reason"] = StopReason(asked), ["stop_sequence"] = null,
        ["usage"] = asked.HasUsage
            ? new JsonObject { ["input_tokens"] = asked.InputTokens, ["output_tokens"] = asked.Words.Count }
            : null,
    };

    private static JsonObject ContentObject(EchoRequest asked, string text, int outputTokens)
    {
        var content = new JsonObject
        {
            ["candidates"] = new JsonArray(new JsonObject
            {
                ["content"] = new JsonObject
                {
                    ["role"] = "model", ["parts"] = new JsonArray(new JsonObject { ["text"] = text }),
                },
                ["finishReason"] = asked.IsCut ? "MAX_TOKENS" : "STOP", ["index"] = 0,
            }),
            ["modelVersion"] = asked.Model,
        };
        if (asked.HasUsage) content["usageMetadata"] = new JsonObject
        {
            ["promptTokenCount"] = asked.InputTokens, ["candidatesTokenCount"] = outputTokens,
            ["totalTokenCount"] = asked.InputTokens + outputTokens,
        };
        return content;
    }

    private static JsonObject? ChatUsage(EchoRequest asked) => !asked.HasUsage ? null : new()
    {
        ["prompt_tokens"] = asked.InputTokens, ["completion_tokens"] = asked.Words.Count,
        ["total_tokens"] = asked.InputTokens + asked.Words.Count,
    };

    private static string StopReason(EchoRequest asked) => asked.IsCut ? "max_tokens" : "end_turn";
    public static string Text(EchoRequest asked) => string.Join(' ', asked.Words);
    public static IEnumerable<string> Pieces(EchoRequest asked) =>
        asked.Words.Select((word, index) => index == 0 ? word : " " + word);

    public static IEnumerable<EchoStep> Whole(EchoRequest asked, JsonObject body) =>
        [.. asked.Words.Select(_ => new EchoStep("", IsWord: true)), new(body.ToJsonString(Plain), IsWord: false)];

    private static EchoStep Done => new("data: [DONE]\n\n", IsWord: false);
    private static EchoStep Event(JsonObject data, bool isWord = false) =>
        new($"data: {data.ToJsonString(Plain)}\n\n", isWord);

    public static EchoStep Named(JsonObject data, bool isWord = false) =>
        new($"event: {(string)data["type"]!}\ndata: {data.ToJsonString(Plain)}\n\n", isWord);

    private static readonly JsonSerializerOptions Plain = JsonSerializerOptions.Default;
}
