using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tallystick.Gateway.Tests;

/// <summary>Upstreams as they are and as they should not be, in every dialect that streams.</summary>
internal static class Behaviours
{
    private const string Chat = "/v1/chat/completions", Messages = "/v1/messages", Responses = "/v1/responses";
    private const string Gemini = "/v1beta/models/m:streamGenerateContent?alt=sse";
    private const string AskChat = """{"model":"openai/m","max_tokens":50,"messages":[{"content":"Hello"}]}""";
    private const string AskMessages =
        """{"model":"anthropic/m","max_tokens":50,"messages":[{"content":"Hello"}]}""";
    private const string AskResponses = """{"model":"openai/m","max_output_tokens":50,"input":"Hello"}""";
    private const string AskGemini =
        """{"contents":[{"parts":[{"text":"Hello"}]}],"generationConfig":{"maxOutputTokens":50}}""";
    private const string Usage = """{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}""";
    private static readonly Rule Told = new Rule.Exact(7,
        3), Estimated = new Rule.Estimate(), Nothing = new Rule.Nothing();

    public static IEnumerable<Behaviour> All() =>
    [
        .. Figures(), .. Framing(), .. ChatBreaks(), .. ChatWhole(), .. Statuses(), .. MessageStreams(),
        .. ResponseStreams(),
        .. GeminiStreams(),
    ];

    /// <summary>The usage object in all its forms, in a stream and in a whole answer.</summary>
    private static IEnumerable<Behaviour> Figures()
    {
        (string Name, string Usage, Rule Rule)[] figures =
        [
            ("plain", Usage, Told),
            ("zero", """{"prompt_tokens":0,"completion_tokens":0}""", new Rule.Exact(0, 0)),
            ("more than held for", """{"prompt_tokens":900000,"completion_tokens":3}""", new Rule.Exact(900_000, 3)),
            ("negative", """{"prompt_tokens":-7,"completion_tokens":3}""", Estimated),
            ("beyond 63 bits", """{"prompt_tokens":9223372036854775808,"completion_tokens":3}""", Estimated),
            ("physically impossible", """{"prompt_tokens":7,"completion_tokens":5000000000}""", Estimated),
            ("in words", """{"prompt_tokens":"7","completion_tokens":"3"}""", Estimated),
            ("fractions", """{"prompt_tokens":7.5,"completion_tokens":3}""", Estimated),
            ("null", "null", Estimated),
            ("empty", "{}", Estimated),
            ("half", """{"prompt_tokens":7}""", Estimated),
            ("twice named", """{"prompt_tokens":7,"prompt_tokens":8,"completion_tokens":3}""", Estimated),
            ("with null details", """{"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":null}""", Told),
            ("more cached than there is",
                """{"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":9}}""", Estimated),
            ("reasoning inside",
                Reasoned(completion: 3),
                Told),
            ("reasoning outside",
                Reasoned(completion: 1),
                Told),
            ("deepseek", """{"prompt_cache_hit_tokens":3,"prompt_cache_miss_tokens":4,"completion_tokens":3}""", Told),
            ("with times", """{"queue_time":0.04,"prompt_tokens":7,"completion_tokens":3,"total_time":2.6}""", Told),
            ("a cost of its own", """{"prompt_tokens":7,"completion_tokens":3,"cost":99.5}""", Told),
            ("half a surrogate", """{"prompt_tokens":7,"completion_tokens":3,"x":"\ud800"}""", Estimated),
        ];
        foreach (var (name, usage, rule) in figures)
        {
            yield return ChatStream($"usage {name}", rule, Delta("Hel"), Delta("lo"), UsageEvent(usage), Done);
            yield return ChatWhole($"usage {name}", rule,
                $$$"""{"choices":[{"message":{"content":"Hello"}}],"usage":{{{usage}}}}""");
        }
    }

    private static IEnumerable<Behaviour> Framing()
    {
        var plain = new[] { Delta("Hel"), Delta("lo"), UsageEvent(Usage), Done };
        yield return ChatStream("lines end in CR LF", Told,
            [.. plain.Select(piece => piece.Replace("\n", "\r\n", StringComparison.Ordinal))]);
        yield return ChatStream("lines end in CR", Told, [.. plain.Select(piece => piece.Replace('\n', '\r'))]);
        yield return ChatStream("byte by byte", Told, [.. string.Concat(plain).Select(letter => $"{letter}")]);
        yield return ChatStream("all at once", Told, string.Concat(plain));
        yield return ChatStream("comments between", Told,
            [": hi\n\n", .. plain.SelectMany(piece => new[] { ": alive\n\n", piece })]);
        yield return ChatStream("named events", Told,
            [.. plain.Select(piece => "event: x\nid: 7\nretry: 5\n" + piece)]);
        yield return ChatStream("data over lines", Told,
            "data: {\"choices\":[\ndata: {\"delta\":{\"content\":\"Hi\"}}]}\n\n", plain[2], Done);
        yield return ChatStream("no space after data", Told,
            [.. plain.Select(piece => piece.Replace("data: ", "data:", StringComparison.Ordinal))]);
        yield return ChatStream("no DONE", Told, plain[..3]);
        yield return ChatStream("nothing after the last line", Told, [.. plain[..2], plain[2].TrimEnd('\n')]);
        yield return ChatStream("usage after DONE", Told, [.. plain[..2], Done, plain[2]]);
        yield return ChatStream("usage in every event", Told, UsageIn("a", 1), UsageIn("b", 2), UsageIn("c", 3), Done);
        yield return ChatStream("usage first and last", Told,
            UsageEvent("""{"prompt_tokens":7,"completion_tokens":0}"""), Delta("x"), plain[2], Done);
        yield return ChatStream("two different ends", Told, Delta("x"),
            UsageEvent("""{"prompt_tokens":9,"completion_tokens":9}"""), plain[2], Done);
        yield return ChatStream("usage with a choice", Told, Delta("x"), UsageIn("", 3), Done);
        yield return ChatStream("usage of groq", Told, Delta("x"),
            $"data: {{\"choices\":[],\"x_groq\":{{\"usage\":{Usage}}}}}\n\n", Done);
        yield return ChatStream("bytes that are no UTF-8", Told, Delta("\u00FF\u00C0"), plain[2], Done);
        yield return ChatStream("an event that is no JSON", Told, "data: not json {[\"\n\n", Delta("x"), plain[2],
            Done);
        yield return ChatStream("a line of two megabytes", Told, Delta(new string('x', 2_000_000)), plain[2], Done);
        yield return ChatStream("usage too long to keep", Estimated, Delta("x"),
            UsageEvent($$"""{"prompt_tokens":7,"x":"{{new string('x', 70_000)}}"}"""), Done);
        yield return ChatStream("an error that is null", Told, ["data: {\"choices\":[],\"error\":null}\n\n", .. plain]);
        yield return ChatStream("tool calls only", Told,
            "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"{}\"}}]}}]}\n\n", plain[2],
            Done);
        yield return ChatStream("a thousand events", Told, [.. Enumerable.Repeat(Delta("x"), 1_000), plain[2], Done]);
        yield return ChatRun("slowly", Told, async context =>
        {
            foreach (var piece in plain)
            {
                await Task.Delay(20);
                await Behaviour.Stream(piece)(context);
            }
        });
    }

    private static IEnumerable<Behaviour> ChatBreaks()
    {
        yield return ChatStream("breaks before the head", Nothing, (string?)null);
        yield return ChatStream("empty", Nothing);
        yield return ChatStream("only DONE", Nothing, Done);
        yield return ChatStream("only comments", Nothing, ": a\n\n", ": b\n\n");
        yield return ChatStream("an error first", Nothing, "data: {\"error\":{\"message\":\"no\"}}\n\n");
        yield return ChatStream("an error first and a break", Nothing, "data: {\"error\":{\"message\":\"no\"}}\n\n",
            null);
        yield return ChatStream("a role and a break", Nothing,
            "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n", null);
        yield return ChatStream("breaks in the first event", Nothing, "data: {\"choices\":[{", null);
        yield return ChatStream("breaks after some text", Estimated, Delta("Hello"), null);
        yield return ChatStream("breaks inside an event", Estimated, Delta("Hello"), "data: {\"choices\":[{\"del",
            null);
        yield return ChatStream("breaks inside usage", Estimated, Delta("Hello"),
            "data: {\"choices\":[],\"usage\":{\"prompt_tok", null);
        yield return ChatStream("breaks after usage", Told, Delta("Hello"), UsageEvent(Usage), null);
        yield return ChatStream("ends without usage", Estimated, Delta("Hello"), Done);
        yield return ChatStream("an error after some text", Estimated, Delta("Hello"),
            "data: {\"error\":{\"message\":\"no\"}}\n\n");
        yield return ChatStream("an error after usage", Told, Delta("Hello"), UsageEvent(Usage),
            "data: {\"error\":{\"message\":\"no\"}}\n\n");
        yield return ChatRun("stalls after some text", Estimated, Stall(Delta("Hello")));
        yield return ChatRun("stalls before any", Nothing, Stall());
        yield return ChatRun("never answers", Nothing, context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        yield return ChatRun("answers in HTML", Nothing, Behaviour.Body("text/html", "<html>busy</html>"));
        yield return ChatRun("answers whole", Told,
            Behaviour.Body(
                "application/json", $$$"""{"choices":[{"message":{"content":"Hello"}}],"usage":{{{Usage}}}}"""));
        yield return ChatRun("a whole error of 200", Nothing,
            Behaviour.Body("application/json", """{"error":{"message":"no"}}"""));
    }

    private static IEnumerable<Behaviour> ChatWhole()
    {
        var text = """{"choices":[{"message":{"content":"Hello"}}]""";
        yield return ChatWhole("without usage", Estimated, text + "}");
        yield return ChatWhole("in pieces", Told, "{\"choices\":[{\"message\":{\"con", "tent\":\"Hello\"}}],\"usa",
            $"ge\":{Usage}}}");
        yield return ChatWhole("breaks before the head", Nothing, (string?)null);
        yield return ChatWhole("breaks in the middle", Nothing, text, null);
        yield return ChatWhole("breaks after usage", Nothing, $"{text},\"usage\":{Usage}", null);
        yield return ChatWhole("cut short", Nothing, "{\"choices\":[{\"mess");
        yield return ChatWhole("cut short after the text", Nothing, text);
        yield return ChatWhole("cut short after usage", Nothing, $"{text},\"usage\":{Usage}");
        yield return ChatWhole("a refusal", Told,
            $$$"""{"choices":[{"message":{"refusal":"No"}}],"usage":{{{Usage}}}}""");
        yield return ChatWhole("empty", Nothing, "");
        yield return ChatWhole("null", Nothing, "null");
        yield return ChatWhole("an error of 200", Nothing, """{"error":{"message":"no"}}""");
        yield return ChatWhole("an error with usage", Nothing, $$$"""{"error":{"message":"no"},"usage":{{{Usage}}}}""");
        yield return ChatWhole("a large answer", Told,
            $$$"""{"choices":[{"message":{"content":"{{{new string('x', 3_000_000)}}}"}}],"usage":{{{Usage}}}}""");
        yield return ChatWhole("an answer too large to keep", Told,
            $$$"""{"choices":[{"message":{"content":"{{{new string('x', 20_000_000)}}}"}}],"usage":{{{Usage}}}}""");
        yield return ChatWhole("deep nesting", Told,
            $$$"""{"usage":{{{Usage}}},"x":{{{new string('[', 400)}}}{{{new string(']', 400)}}}}""");
        yield return ChatWhole("too deep nesting", Nothing,
            $$$"""{"x":{{{new string('[', 900)}}}{{{new string(']', 900)}}},"usage":{{{Usage}}}}""");
        yield return new("whole: HTML", Chat, AskChat, Behaviour.Body("text/html", "<html>busy</html>"), Nothing);
        yield return new("whole: no type", Chat, AskChat, Behaviour.Body("", "{}"), Nothing);
        yield return new("whole: never answers", Chat, AskChat,
            context => Task.Delay(Timeout.Infinite, context.RequestAborted), Nothing);
        yield return new("whole: stalls", Chat, AskChat, Stall("{\"choices\":[]", type: "application/json"), Nothing);
        yield return new("whole: a stream nobody asked for", Chat, AskChat,
            Behaviour.Stream(Delta("Hello"), UsageEvent(Usage), Done), Told);
    }

    private static IEnumerable<Behaviour> Statuses()
    {
        int[] statuses =
            [201, 204, 301, 307, 400, 401, 403, 404, 408, 409, 413, 418, 422, 429, 500, 501, 502, 503, 504, 529];
        foreach (var status in statuses)
        {
            // A success of another number is one, too; it has no usage and no text here.
            yield return new($"status {status}", Chat, AskChat, Behaviour.Status(status), Nothing);
            yield return new($"status {status} of a stream", Chat, Streamed(AskChat), Behaviour.Status(status),
                Nothing);
        }
    }

    private static IEnumerable<Behaviour> MessageStreams()
    {
        const string Start =
            """{"type":"message_start","message":{"model":"m","usage":{"input_tokens":7,"output_tokens":1}}}""";
        const string Text = """{"type":"content_block_delta","delta":{"type":"text_delta","text":"Hello there"}}""";
        const string End = """{"type":"message_delta","delta":{},"usage":{"output_tokens":3}}""";
        const string Stop = """{"type":"message_stop"}""";
        const string Cached = """
            {"input_tokens":2,"cache_read_input_tokens":4,"cache_creation_input_tokens":1}
            """;
        const string Iterated = """
            {"input_tokens":7,"output_tokens":3,"iterations":[
            """ + """{"input_tokens":10,"output_tokens":5},{"input_tokens":7,"output_tokens":3}]}""";
        const string Error = """{"type":"error","error":{"type":"overloaded_error","message":"busy"}}""";
        yield return Stream("plain", Told, Start, Text, End, Stop);
        yield return Stream("a second start", Told, Start, Text, Start, End, Stop);
        yield return Stream("input that grows", Told, Start.Replace(":7", ":2", StringComparison.Ordinal), Text,
            """{"type":"message_delta","usage":{"input_tokens":7,"output_tokens":3}}""", Stop);
        yield return Stream("cache beside the input", Told,
            $$$"""{"type":"message_start","message":{"usage":{{{Cached}}}}}""",
            Text, End, Stop);
        yield return Stream("several deltas", Told, Start, Text, End.Replace(":3", ":2", StringComparison.Ordinal),
            Text, End, Stop);
        yield return Stream("pings", Told, """{"type":"ping"}""", Start, """{"type":"ping"}""", Text, End, Stop);
        yield return Stream("iterations", new Rule.Exact(17, 8), Start, Text,
            $$$"""{"type":"message_delta","usage":{{{Iterated}}}}""",
            Stop);
        yield return Stream("no stop", Estimated, Start, Text, End);
        yield return Stream("breaks after the start", Nothing, Start, null);
        yield return Stream("breaks after some text", Estimated, Start, Text, null);
        yield return Stream("breaks after the usage", Estimated, Start, Text, End, null);
        yield return Stream("breaks after the stop", Told, Start, Text, End, Stop, null);
        yield return Stream("an error first", Nothing, Error);
        yield return Stream("an error after the start", Nothing, Start, Error);
        yield return Stream("an error after some text", Estimated, Start, Text, Error);
        yield return Stream("thinking only", Estimated, Start,
            """{"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"Hm"}}""", null);
        yield return new("messages: whole", Messages, AskMessages,
            Behaviour.Body("application/json",
                """{"content":[{"text":"x"}],"usage":{"input_tokens":7,"output_tokens":3}}"""), Told);
        yield return new("messages: whole without usage", Messages, AskMessages,
            Behaviour.Body("application/json", """{"content":[{"text":"x"}]}"""), Estimated);

        static Behaviour Stream(string name, Rule rule, params IEnumerable<string?> events) => new(
            $"messages: {name}", Messages, Streamed(AskMessages), Behaviour.Stream(Events(events)), rule);
    }

    private static IEnumerable<Behaviour> ResponseStreams()
    {
        const string Created = """{"type":"response.created","response":{"status":"in_progress","usage":null}}""";
        const string Text = """{"type":"response.output_text.delta","delta":"Hello there"}""";
        const string Completed =
            """{"type":"response.completed","response":{"output":[],"usage":{"input_tokens":7,"output_tokens":3}}}""";
        yield return Stream("plain", Told, Created, Text, Completed);
        yield return Stream("incomplete", Told, Created, Text,
            Completed.Replace("completed", "incomplete", StringComparison.Ordinal));
        yield return Stream("failed without usage", Nothing, Created,
            """{"type":"response.failed","response":{"error":{"message":"no"},"usage":null}}""");
        yield return Stream("failed after some text", Estimated, Created, Text,
            """{"type":"response.failed","response":{"error":{"message":"no"},"usage":null}}""");
        yield return Stream("no end", Estimated, Created, Text);
        yield return Stream("breaks at once", Nothing, Created, null);
        yield return Stream("breaks after some text", Estimated, Created, Text, null);
        yield return Stream("breaks after the end", Told, Created, Text, Completed, null);
        yield return Stream("a large end", Told, Created, Text, Completed.Replace(
            "\"output\":[]", $"\"output\":[{{\"x\":\"{new string('x', 3_000_000)}\"}}]", StringComparison.Ordinal));
        yield return new("responses: whole", Responses, AskResponses,
            Behaviour.Body("application/json", """{"output":[],"usage":{"input_tokens":7,"output_tokens":3}}"""), Told);

        static Behaviour Stream(string name, Rule rule, params IEnumerable<string?> events) => new(
            $"responses: {name}", Responses, Streamed(AskResponses), Behaviour.Stream(Events(events)), rule);
    }

    private static IEnumerable<Behaviour> GeminiStreams()
    {
        yield return Stream("plain", Told, Piece("Hel", 1), Piece("lo", 3));
        yield return Stream("only at the end", Told, """{"candidates":[{"content":{"parts":[{"text":"x"}]}}]}""",
            Piece("", 3));
        yield return Stream("thoughts beside the answer", Told,
            """{"usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":1,"thoughtsTokenCount":2}}""");
        yield return Stream("no candidates", new Rule.Exact(7, 0),
            """{"usageMetadata":{"promptTokenCount":7,"totalTokenCount":7}}""");
        yield return Stream("tools beside the prompt", Told,
            """{"usageMetadata":{"promptTokenCount":5,"toolUsePromptTokenCount":2,"candidatesTokenCount":3}}""");
        yield return Stream("without usage", Estimated,
            """{"candidates":[{"content":{"parts":[{"text":"Hello"}]}}]}""");
        yield return Stream("breaks after some text", Estimated, Piece("Hello", 1), null);
        yield return Stream("breaks at once", Nothing, (string?)null);
        yield return Stream("an error first", Nothing, """{"error":{"code":503,"message":"busy"}}""");
        yield return new("gemini: a list", "/v1beta/models/m:streamGenerateContent", AskGemini,
            Behaviour.Body("application/json", "[" + Piece("Hel", 1), ",\r\n" + Piece("lo", 3), "]"), Told);
        yield return new("gemini: whole", "/v1beta/models/m:generateContent", AskGemini,
            Behaviour.Body("application/json", Piece("Hello", 3)), Told);

        static Behaviour Stream(string name, Rule rule, params IEnumerable<string?> events) => new(
            $"gemini: {name}", Gemini, AskGemini, Behaviour.Stream(Events(events)), rule);
        static string Piece(string text, int tokens) => new JsonObject
        {
            ["candidates"] = new JsonArray(new JsonObject
            {
                ["content"] = new JsonObject { ["parts"] = new JsonArray(new JsonObject { ["text"] = text }) },
            }),
            ["usageMetadata"] = new JsonObject { ["promptTokenCount"] = 7, ["candidatesTokenCount"] = tokens },
        }.ToJsonString();
    }

    private static string Reasoned(int completion) => new JsonObject
    {
        ["prompt_tokens"] = 7, ["completion_tokens"] = completion, ["total_tokens"] = 10,
        ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 2 },
    }.ToJsonString();

    private const string Done = "data: [DONE]\n\n";

    private static string Delta(string text) => $"data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n";

    private static string UsageEvent(string usage) => $"data: {{\"choices\":[],\"usage\":{usage}}}\n\n";

    private static string UsageIn(string text, int tokens) =>
        $"data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]," +
        $"\"usage\":{{\"prompt_tokens\":7,\"completion_tokens\":{tokens}}}}}\n\n";

    private static IEnumerable<string?> Events(IEnumerable<string?> events) =>
        events.Select(data => data is null ? null : $"data: {data}\n\n");

    private static string Streamed(string ask) => "{\"stream\":true," + ask[1..];

    /// <summary>Says something, and then nothing any more.</summary>
    private static Func<HttpContext, Task> Stall(string? first = null,
        string type = "text/event-stream") => async context =>
    {
        if (first is not null) await Behaviour.Body(type, first)(context);
        await Task.Delay(Timeout.Infinite, context.RequestAborted)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    };

    private static Behaviour ChatStream(string name, Rule rule, params IEnumerable<string?> pieces) =>
        ChatRun(name, rule, Behaviour.Stream(pieces));

    private static Behaviour ChatRun(string name, Rule rule, Func<HttpContext, Task> run) =>
        new($"stream: {name}", Chat, Streamed(AskChat), run, rule);

    private static Behaviour ChatWhole(string name, Rule rule, params IEnumerable<string?> pieces) =>
        new($"whole: {name}", Chat, AskChat, Behaviour.Body("application/json", pieces), rule);
}
