using System.Globalization;
using System.Text.Json;

namespace Tallystick.Gateway.Upstreams.Echo;

/// <summary>
/// What the echo is asked: the text of the prompt, and how it should behave. A last message that begins with
/// <c>echo:</c> directs it: <c>tokens=50</c> (that many words instead of the prompt's), <c>delay_ms=20</c> (before each
/// of them), <c>wait_ms=500</c> (before the first), <c>fail=503</c> (that status), <c>break=5</c> (the connection ends
/// after so many words) and <c>usage=none</c>.
/// </summary>
internal sealed record EchoRequest
{
    private const string Directive = "echo:";
    private const int TokensMax = 100_000, DelayMax = 600_000;

    private static readonly string[] Prompts =
        ["system", "instructions", "systemInstruction", "messages", "input", "prompt", "contents"];

    public required string Model { get; init; }
    public bool IsStream { get; init; }
    public bool IncludesUsage { get; init; }

    /// <summary>A word is a token, here.</summary>
    public required int InputTokens { get; init; }
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>The answer was longer than it may be.</summary>
    public bool IsCut { get; init; }
    public int Status { get; init; } = 200;
    public TimeSpan Wait { get; init; }
    public TimeSpan Delay { get; init; }
    public int? BreakAfter { get; init; }
    public bool HasUsage { get; init; } = true;

    /// <summary>Inputs of an embedding.</summary>
    public int Inputs { get; init; } = 1;

    /// <summary>Vectors are wanted in base64, as SDKs ask for them unless they are told otherwise.</summary>
    public bool IsPacked { get; init; }

    public static EchoRequest Of(JsonElement body, string model, bool isStream)
    {
        var texts = Texts(body).ToList();
        var last = texts.LastOrDefault() ?? "";
        var directions = last.StartsWith(Directive, StringComparison.Ordinal) ? Directions(last) : [];
        var wanted = Number(directions, "tokens", TokensMax) is { } count
            ? Enumerable.Range(1, count).Select(number => $"word{number}")
            : WordsOf(last);
        var words = wanted.ToList();
        var max = Max(body) ?? int.MaxValue;
        return new()
        {
            Model = model,
            IsStream = isStream,
            IncludesUsage = Find(body, "stream_options") is { } options && Find(options, "include_usage") is { } asked
                && asked.ValueKind == JsonValueKind.True,
            InputTokens = texts.Sum(text => WordsOf(text).Count()),
            Words = words.Count > max ? words.GetRange(0, max) : words,
            IsCut = words.Count > max,
            Status = Number(directions, "fail", 599) ?? 200,
            Wait = TimeSpan.FromMilliseconds(Number(directions, "wait_ms", DelayMax) ?? 0),
            Delay = TimeSpan.FromMilliseconds(Number(directions, "delay_ms", DelayMax) ?? 0),
            BreakAfter = Number(directions, "break", TokensMax),
            HasUsage = directions.GetValueOrDefault("usage") != "none",
            Inputs = Find(body, "input") is { ValueKind: JsonValueKind.Array } inputs && inputs.GetArrayLength() > 0
                ? inputs.GetArrayLength()
                : 1,
            IsPacked = Find(body, "encoding_format") is { ValueKind: JsonValueKind.String } format
                && format.ValueEquals("base64"),
        };
    }

    /// <summary>Everything that is text in the prompt, in its order, whatever the dialect.</summary>
    private static IEnumerable<string> Texts(JsonElement body) =>
        from name in Prompts
        let part = Find(body, name)
        where part is not null
        from text in TextsIn(part.Value)
        select text;

    private static IEnumerable<string> TextsIn(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(TextsIn),
        JsonValueKind.Object =>
            from name in (string[])["content", "parts", "text", "input"]
            let part = Find(value, name)
            where part is not null
            from text in TextsIn(part.Value)
            select text,
        _ => [],
    };

    private static int? Max(JsonElement body)
    {
        var config = Find(body, "generationConfig") ?? body;
        foreach (var name in (string[])["max_completion_tokens", "max_tokens", "max_output_tokens", "maxOutputTokens"])
        {
            if (Find(config, name) is not { ValueKind: JsonValueKind.Number } max) continue;
            return max.TryGetInt32(out var count) ? count : null;
        }
        return null;
    }

    private static Dictionary<string, string> Directions(string text)
    {
        var directions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in WordsOf(text[Directive.Length..]))
            if (word.Split('=', 2) is [var name, var value]) directions[name] = value;
        return directions;
    }

    private static int? Number(Dictionary<string, string> directions, string name, int max) =>
        directions.TryGetValue(name, out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? Math.Min(number, max)
            : null;

    private static IEnumerable<string> WordsOf(string text) =>
        text.Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static JsonElement? Find(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : null;
}
