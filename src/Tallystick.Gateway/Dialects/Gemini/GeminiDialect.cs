using System.Collections.Frozen;
using System.Text.Json;
using Tallystick.Gateway.Wire;

namespace Tallystick.Gateway.Dialects.Gemini;

/// <summary>
/// <c>models/{model}:generateContent</c>, <c>:streamGenerateContent</c> and <c>:countTokens</c>, which costs nothing.
/// The model and the way of answering are in the path.
/// </summary>
internal sealed class GeminiDialect(string model, GeminiMethod method, bool asEvents) : Dialect
{
    private const int CandidatesMax = 8;

    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        "contents", "cachedContent", "generateContentRequest", "generationConfig", "labels", "safetySettings",
        "serviceTier", "systemInstruction", "system_instruction", "toolConfig", "tools", "generation_config",
        "safety_settings", "service_tier", "tool_config", "cached_content");

    public override string Name => method == GeminiMethod.CountTokens ? "count_tokens" : "generate_content";
    public override ProviderFamily Family => ProviderFamily.Gemini;
    public override ResponseShape Response => ResponseShape.Gemini;
    public override bool TellsUsageEarly => true;
    public override bool IsFree => method == GeminiMethod.CountTokens;

    public override string PathFor(string model) => method switch
    {
        GeminiMethod.StreamGenerateContent => $"models/{model}:streamGenerateContent{(asEvents ? "?alt=sse" : "")}",
        GeminiMethod.CountTokens => $"models/{model}:countTokens",
        _ => $"models/{model}:generateContent",
    };

    public override ModelCall Read(CallBody body)
    {
        var root = body.Root;
        var size = new PromptSize(body);
        foreach (var content in Fields.List(root, "contents"))
            foreach (var part in Fields.List(content, "parts")) Part(part, size);
        if (Fields.List(root, "tools").Any(RunsAtGoogle)) size.Unbound();
        if (Either(root, "cachedContent", "cached_content") is not null) size.Unbound();
        var config = Either(root, "generationConfig", "generation_config") ?? default;
        return new()
        {
            Model = model,
            Beyond = [.. Fields.Unknown(root, Known)],
            IsStream = method == GeminiMethod.StreamGenerateContent,
            AsksForUsage = true,
            ServiceTier = Word(root, "serviceTier", "service_tier"),
            Choices = (int)(Integer(config, "candidateCount", "candidate_count", CandidatesMax) ?? 1),
            OutputTokensMax = Integer(config, "maxOutputTokens", "max_output_tokens", Fields.OutputTokensMax),
            HasOutput = method != GeminiMethod.CountTokens,
            Size = size.Size,
            IsBounded = size.IsBounded,
            MayAnswerInAudio = Either(config, "speechConfig", "speech_config") is not null,
            MayAnswerInImages = Either(config, "responseModalities", "response_modalities") is not null,
        };
    }

    public override BodyEdits Rewrite(CallBody body, CallChange change)
    {
        var edits = new BodyEdits(body.Bytes);
        if (change.OutputTokensMax is not { } max) return edits;
        if (Either(body.Root, "generationConfig", "generation_config") is { } config)
        {
            var name = Fields.Has(config, "max_output_tokens") ? "max_output_tokens" : "maxOutputTokens";
            body.Set(edits, config, name, $"{max}");
        }
        else body.Set(edits, body.Root, "generationConfig", $$"""{"maxOutputTokens":{{max}}}""");
        return edits;
    }

    private static void Part(JsonElement part, PromptSize size)
    {
        if (Either(part, "inlineData", "inline_data") is { } inline)
        {
            var mediaType = Fields.Word(inline, "mimeType") ?? Fields.Word(inline, "mime_type") ?? "";
            size.Inline(mediaType, Fields.Find(inline, "data"));
        }
        else if (Either(part, "fileData", "file_data") is not null) size.Unbound();
    }

    private static bool RunsAtGoogle(JsonElement tool)
    {
        if (tool.ValueKind != JsonValueKind.Object) return true;
        return tool.EnumerateObject().Any(
            member => !member.NameEquals("functionDeclarations") && !member.NameEquals("function_declarations"));
    }

    /// <summary>
    /// Google takes each name in two spellings; both at once are refused, as it cannot be known which one counts.
    /// </summary>
    private static JsonElement? Either(JsonElement parent, string camel, string snake) =>
        (Fields.Find(parent, camel), Fields.Find(parent, snake)) switch
        {
            ({ }, { }) => throw new CallException(snake, $"{snake} is given twice, as {camel} too."),
            var (left, right) => left ?? right,
        };

    private static string? Word(JsonElement parent, string camel, string snake) =>
        Either(parent, camel, snake) is null ? null : Fields.Word(parent, camel) ?? Fields.Word(parent, snake);

    private static long? Integer(JsonElement parent, string camel, string snake, long max) =>
        Either(parent, camel, snake) is null ? null
        : Fields.Integer(parent, camel, 1, max) ?? Fields.Integer(parent, snake, 1, max);
}
