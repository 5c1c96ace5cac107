using System.Collections.Frozen;
using System.Text.Json;
using Tallystick.Gateway.Wire;

namespace Tallystick.Gateway.Dialects.OpenAi;

/// <summary><c>/v1/chat/completions</c>.</summary>
internal sealed class ChatDialect : OpenAiDialect
{
    private static readonly FrozenSet<string> KnownFields = FrozenSet.Create(
        "model", "messages", "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs",
        "max_completion_tokens", "max_tokens", "metadata", "modalities", "moderation", "n", "parallel_tool_calls",
        "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
        "reasoning_effort", "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream",
        "stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity",
        "web_search_options",
        // Of those who follow OpenAI; none of them changes what is paid for a token.
        "include_reasoning", "min_p", "random_seed", "reasoning", "reasoning_format", "repetition_penalty",
        "safe_prompt", "thinking", "top_k");

    private const string MaxCompletionTokens = "max_completion_tokens";

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
        return new()
        {
            Model = Fields.Model(root),
            IsStream = Fields.Flag(root, "stream"),
            AsksForUsage = AsksForUsage(root),
            Choices = (int)(Fields.Integer(root, "n", 1, ChoicesMax) ?? 1),
            OutputTokensMax = MaxOf(root),
            Size = size.Size,
            IsBounded = size.IsBounded,
            ServiceTier = Fields.Word(root, "service_tier"),
            MayAnswerInAudio = Fields.List(root, "modalities").Any(modality => modality.ValueEquals("audio")),
        };
    }

    /// <summary>
    /// The bound goes up under the one name that the upstream takes: some pass over the other and answer at full
    /// length, some refuse it.
    /// </summary>
    protected override void Bound(CallBody body, BodyEdits edits, CallChange change)
    {
        if ((change.OutputTokensMax ?? MaxOf(body.Root)) is not { } max) return;
        var (name, other) = change.OutputTokensField == MaxTokens
            ? (MaxTokens, MaxCompletionTokens)
            : (MaxCompletionTokens, MaxTokens);
        var isGiven = body.Root.TryGetProperty(name, out var value);
        if (body.Root.TryGetProperty(other, out var beside))
        {
            if (isGiven) body.Remove(edits, beside);
            else body.Rename(edits, value = beside, name);
            isGiven = true;
        }
        var isSo = isGiven && value.ValueKind == JsonValueKind.Number && value.GetInt64() == max;
        if (isSo) return;
        if (isGiven) body.Replace(edits, value, $"{max}");
        else body.Set(edits, body.Root, name, $"{max}");
    }

    /// <summary>With both given the smaller one holds.</summary>
    private static long? MaxOf(JsonElement root)
    {
        var older = Fields.Integer(root, MaxTokens, 1, Fields.OutputTokensMax);
        var newer = Fields.Integer(root, MaxCompletionTokens, 1, Fields.OutputTokensMax);
        return older < newer ? older : newer ?? older;
    }
}
