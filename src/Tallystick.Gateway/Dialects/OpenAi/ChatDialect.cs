using System.Collections.Frozen;
using System.Text.Json;

namespace Tallystick.Gateway.Dialects.OpenAi;

/// <summary><c>/v1/chat/completions</c>.</summary>
internal sealed class ChatDialect : OpenAiDialect
{
    private static readonly FrozenSet<string> KnownFields = FrozenSet.Create(
        "model", "messages", "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs",
        "max_completion_tokens", "max_tokens", "metadata", "modalities", "n", "parallel_tool_calls", "prediction",
        "presence_penalty", "prompt_cache_key", "prompt_cache_retention", "reasoning_effort", "response_format",
        "safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options", "temperature",
        "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity", "web_search_options",
        // Of those who follow OpenAI; none of them changes what is paid for a token.
        "include_reasoning", "min_p", "random_seed", "reasoning", "reasoning_format", "repetition_penalty",
        "safe_prompt", "thinking", "top_k");

    public override string Name => "chat_completions";
    public override ResponseShape Response => ResponseShape.Chat;
    public override string PathFor(string model) => "chat/completions";

    protected override FrozenSet<string> Known => KnownFields;

    protected override ModelCall Read(CallBody body, PromptSize size)
    {
        var root = body.Root;
        foreach (var message in Fields.List(root, "messages"))
        {
            foreach (var part in Fields.List(message, "content")) Part(part, size);
            if (Fields.Has(message, "audio")) size.Unbound();
        }
        if (Fields.Has(root, "web_search_options")) size.Unbound();
        Tools(root, size);
        var max = Fields.Integer(root, "max_tokens", 1, Fields.OutputTokensMax);
        return new()
        {
            Model = Fields.Model(root),
            IsStream = Fields.Flag(root, "stream"),
            AsksForUsage = AsksForUsage(root),
            Choices = (int)(Fields.Integer(root, "n", 1, ChoicesMax) ?? 1),
            // With both given either may be the one that the upstream goes by.
            OutputTokensMax = Fields.Integer(root, "max_completion_tokens", 1, Fields.OutputTokensMax) is { } newer
                ? Math.Max(newer, max ?? 0)
                : max,
            Size = size.Size,
            IsBounded = size.IsBounded,
            ServiceTier = Fields.Word(root, "service_tier"),
            MayAnswerInAudio = Fields.List(root, "modalities").Any(modality => modality.ValueEquals("audio")),
        };
    }

    protected override string FieldOfMax(JsonElement root, string preferred) =>
        Fields.Has(root, "max_completion_tokens") ? "max_completion_tokens"
        : Fields.Has(root, "max_tokens") ? "max_tokens" : preferred;
}
