using System.Collections.Frozen;
using System.Text.Json;
using Tallystick.Gateway.Wire;

namespace Tallystick.Gateway.Dialects.Anthropic;

/// <summary><c>/v1/messages</c>, and its <c>count_tokens</c>, which costs nothing.</summary>
internal sealed class MessagesDialect(bool counts) : Dialect
{
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        "model", "messages", "cache_control", "compaction", "container", "context_management", "diagnostics",
        "inference_geo", "max_tokens", "mcp_servers", "metadata", "output_config", "output_format", "service_tier",
        "stop_sequences", "stream", "system", "temperature", "thinking", "tool_choice", "tools", "top_k", "top_p");

    private static readonly string[] Unbounding = ["compaction", "container", "context_management"];

    /// <summary>
    /// Run by the client, though the provider describes them to the model: the beginning of their dated names.
    /// </summary>
    private static readonly string[] OwnTools = ["bash_", "text_editor_", "computer_", "memory_"];

    public override string Name => counts ? "count_tokens" : "messages";
    public override ProviderFamily Family => ProviderFamily.Anthropic;
    public override ResponseShape Response => ResponseShape.Messages;
    public override bool HasEndMark => true;
    public override bool TellsUsageEarly => true;
    public override bool IsFree => counts;
    public override string PathFor(string model) => counts ? "messages/count_tokens" : "messages";

    public override ModelCall Read(CallBody body)
    {
        var root = body.Root;
        var size = new PromptSize(body);
        foreach (var message in Fields.List(root, "messages")) Content(message, size);
        // Compaction reads the prompt once more; skills and servers bring their own input.
        if (Unbounding.Any(member => Fields.Has(root, member)) || Fields.List(root, "mcp_servers").Any())
            size.Unbound();
        Tools(root, size);
        var max = Fields.Integer(root, "max_tokens", 1, Fields.OutputTokensMax);
        if (max is null && !counts) throw new CallException("max_tokens", "max_tokens: Field required");
        return new()
        {
            Model = Fields.Model(root),
            Beyond = [.. Fields.Unknown(root, Known)],
            IsStream = Fields.Flag(root, "stream"),
            AsksForUsage = true,
            OutputTokensMax = max,
            MayWriteCache = body.Bytes.Span.IndexOf("cache_control"u8) >= 0
                || body.Bytes.Span.IndexOf("\\u"u8) >= 0,
            HasOutput = !counts,
            Size = size.Size,
            IsBounded = size.IsBounded,
            ServiceTier = Fields.Word(root, "service_tier"),
        };
    }

    public override BodyEdits Rewrite(CallBody body, CallChange change)
    {
        var edits = new BodyEdits(body.Bytes);
        if (change.Model is { } model) body.Set(edits, body.Root, "model", JsonText.Of(model));
        if (change.OutputTokensMax is { } max) body.Set(edits, body.Root, "max_tokens", $"{max}");
        return edits;
    }

    private static void Content(JsonElement message, PromptSize size)
    {
        foreach (var block in Fields.List(message, "content"))
        {
            switch (Fields.Word(block, "type"))
            {
                case "image":
                    Image(block, size);
                    break;
                case "tool_result":
                    Content(block, size);
                    break;
                case "document" when SourceType(block) is "text":
                case "text" or "tool_use" or "thinking" or "redacted_thinking":
                    break;
                default:
                    size.Unbound();
                    break;
            }
        }
    }

    private static void Image(JsonElement block, PromptSize size)
    {
        var source = Fields.Find(block, "source") ?? default;
        var mediaType = Fields.Word(source, "media_type") ?? "";
        if (SourceType(block) is "base64" && mediaType.StartsWith("image/", StringComparison.Ordinal))
            size.Inline(mediaType, Fields.Find(source, "data"));
        else size.ImageByAddress(null);
    }

    private static string? SourceType(JsonElement block) =>
        Fields.Find(block, "source") is { } source ? Fields.Word(source, "type") : null;

    private static void Tools(JsonElement root, PromptSize size)
    {
        foreach (var tool in Fields.List(root, "tools"))
        {
            if (Fields.Word(tool, "type") is not { } type || type == "custom") continue;
            size.ProviderTool();
            if (!OwnTools.Any(own => type.StartsWith(own, StringComparison.Ordinal))) size.Unbound();
        }
    }
}
