using System.Collections.Frozen;
using System.Text.Json;
using Tallystick.Gateway.Wire;

namespace Tallystick.Gateway.Dialects.OpenAi;

/// <summary><c>/v1/responses</c>. Its streams always tell of usage.</summary>
internal sealed class ResponsesDialect : OpenAiDialect
{
    private static readonly FrozenSet<string> KnownFields = FrozenSet.Create(
        "model", "input", "background", "context_management", "conversation", "include", "instructions",
        "max_output_tokens", "max_tool_calls", "metadata", "moderation", "parallel_tool_calls", "previous_response_id",
        "prompt", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning",
        "safety_identifier", "service_tier", "store", "stream", "stream_options", "temperature", "text", "tool_choice",
        "tools", "top_logprobs", "top_p", "truncation", "user");

    private static readonly string[] Unbounding =
        ["previous_response_id", "conversation", "prompt", "context_management"];

    public override string Name => "responses";
    public override ResponseShape Response => ResponseShape.Responses;
    public override bool HasEndMark => true;
    public override string PathFor(string model) => "responses";

    protected override FrozenSet<string> Known => KnownFields;

    protected override ModelCall Read(CallBody body, PromptSize size)
    {
        var root = body.Root;
        if (Fields.Flag(root, "background"))
            throw new CallException("background", "Nobody could settle a response in the background.");
        // What it stored is read too, and compaction reads the prompt once more.
        if (Unbounding.Any(member => Fields.Has(root, member))) size.Unbound();
        foreach (var item in Fields.List(root, "input")) Item(item, size);
        Tools(root, size);
        return new()
        {
            Model = Fields.Model(root),
            IsStream = Fields.Flag(root, "stream"),
            AsksForUsage = true,
            OutputTokensMax = Fields.Integer(root, "max_output_tokens", 1, Fields.OutputTokensMax),
            Size = size.Size,
            IsBounded = size.IsBounded,
            ServiceTier = Fields.Word(root, "service_tier"),
        };
    }

    public override BodyEdits Rewrite(CallBody body, CallChange change) =>
        base.Rewrite(body, change with { ForceUsage = false });

    protected override string FieldOfMax => "max_output_tokens";

    private static void Item(JsonElement item, PromptSize size)
    {
        if (item.ValueKind != JsonValueKind.Object) return;
        switch (Fields.Word(item, "type"))
        {
            case null or "message":
                foreach (var part in Fields.List(item, "content")) Part(part, size);
                break;
            case "function_call_output" or "custom_tool_call_output":
                foreach (var part in Fields.List(item, "output")) Part(part, size);
                break;
            case "computer_call_output" when Fields.Find(item, "output") is { } screenshot:
                Part(screenshot, size);
                break;
            case "function_call" or "custom_tool_call" or "reasoning" or "computer_call":
                break;
            default:
                size.Unbound();
                break;
        }
    }
}
