using System.Collections.Frozen;
using System.Text.Json;
using Tallystick.Gateway.Wire;

namespace Tallystick.Gateway.Dialects.OpenAi;

/// <summary>What the calls of the OpenAI family share.</summary>
internal abstract class OpenAiDialect : Dialect
{
    /// <summary>More answers than anyone shows; each may be as long as the bound says.</summary>
    protected const int ChoicesMax = 8;

    protected const string MaxTokens = "max_tokens";

    public override ProviderFamily Family => ProviderFamily.OpenAi;
    protected abstract FrozenSet<string> Known { get; }

    public sealed override ModelCall Read(CallBody body) => Read(body, new PromptSize(body)) with
    {
        Beyond = [.. Fields.Unknown(body.Root, Known), .. Unmetered(body.Root)],
    };

    protected abstract ModelCall Read(CallBody body, PromptSize size);

    public override BodyEdits Rewrite(CallBody body, CallChange change)
    {
        var edits = new BodyEdits(body.Bytes);
        if (change.Model is { } model) body.Set(edits, body.Root, "model", JsonText.Of(model));
        Bound(body, edits, change);
        if (change.ForceUsage) ForceUsage(body, edits);
        return edits;
    }

    /// <summary>The member that bounds the output, where the dialect knows one.</summary>
    protected virtual string FieldOfMax => MaxTokens;

    protected virtual void Bound(CallBody body, BodyEdits edits, CallChange change)
    {
        if (change.OutputTokensMax is { } max) body.Set(edits, body.Root, FieldOfMax, $"{max}");
    }

    private static void ForceUsage(CallBody body, BodyEdits edits)
    {
        if (Fields.Find(body.Root, "stream_options") is { ValueKind: JsonValueKind.Object } options)
            body.Set(edits, options, "include_usage", "true");
        else body.Set(edits, body.Root, "stream_options", """{"include_usage":true}""");
    }

    protected static bool AsksForUsage(JsonElement root)
    {
        if (Fields.Find(root, "stream_options") is not { } options) return false;
        return options.ValueKind == JsonValueKind.Object
            ? Fields.Flag(options, "include_usage")
            : throw new CallException("stream_options", "stream_options must be an object.");
    }

    /// <summary>Tools that run at the provider bring in what the request does not hold.</summary>
    protected static void Tools(JsonElement root, PromptSize size)
    {
        foreach (var tool in Fields.List(root, "tools"))
        {
            if (OwnTools.Contains(Fields.Word(tool, "type") ?? "function")) continue;
            size.ProviderTool();
            size.Unbound();
        }
    }

    private static IEnumerable<string> Unmetered(JsonElement root) =>
        Fields.List(root, "tools").Select(tool => Fields.Word(tool, "type") ?? "").Where(UnmeteredTools.Contains);

    /// <summary>Run by the client.</summary>
    private static readonly FrozenSet<string> OwnTools =
        FrozenSet.Create("function", "custom", "local_shell", "apply_patch", "namespace");

    /// <summary>Paid by what no response tells.</summary>
    private static readonly FrozenSet<string> UnmeteredTools =
        FrozenSet.Create("image_generation", "code_interpreter", "shell");

    /// <summary>A part of a message: what it adds beyond its bytes.</summary>
    protected static void Part(JsonElement part, PromptSize size)
    {
        if (part.ValueKind != JsonValueKind.Object) return;
        switch (Fields.Word(part, "type"))
        {
            case "image_url":
                var image = Fields.Find(part, "image_url") ?? default;
                size.ImageByAddress(image.ValueKind == JsonValueKind.Object ? Fields.Find(image, "url") : image);
                break;
            case "input_image" or "computer_screenshot":
                size.ImageByAddress(Fields.Find(part, "image_url"));
                break;
            case "input_audio" when Fields.Find(part, "input_audio") is { } audio:
                size.Inline("audio/", Fields.Find(audio, "data"));
                break;
            case "text" or "input_text" or "output_text" or "refusal" or "summary_text" or "reasoning_text":
                break;
            default:
                // Files, videos, and whatever comes next: its size is not in its bytes.
                size.Unbound();
                break;
        }
    }
}
