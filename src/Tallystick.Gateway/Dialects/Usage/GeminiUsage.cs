namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>
/// Usage as Google counts, in its two spellings. The prompt includes what was cached but not what its tools brought in;
/// the answer does not include thoughts. Either half of the output may be absent.
/// </summary>
internal static class GeminiUsage
{
    public static ProviderUsage Read(UsageObject usage)
    {
        var (answer, thoughts) = (usage.Count("candidatesTokenCount"), usage.Count("thoughtsTokenCount"));
        var input = usage.Count("promptTokenCount");
        return new()
        {
            InputTokens = input + (usage.Count("toolUsePromptTokenCount") ?? 0),
            // No candidate and no thought: the whole is the prompt, and the output a true zero.
            OutputTokens = answer is null && thoughts is null
                ? (usage.Count("totalTokenCount") == input ? 0 : null)
                : (answer ?? 0) + (thoughts ?? 0),
            CacheReadTokens = usage.Count("cachedContentTokenCount"),
            ReasoningTokens = thoughts,
            InputAudioTokens = OfModality(usage, "promptTokensDetails", "AUDIO"),
            InputImageTokens = OfModality(usage, "promptTokensDetails", "IMAGE"),
            OutputAudioTokens = OfModality(usage, "candidatesTokensDetails", "AUDIO"),
            OutputImageTokens = OfModality(usage, "candidatesTokensDetails", "IMAGE"),
        };
    }

    public static ProviderUsage ReadInteraction(UsageObject usage)
    {
        var (answer, thoughts) = (usage.Count("total_output_tokens"), usage.Count("total_thought_tokens"));
        return new()
        {
            InputTokens = usage.Count("total_input_tokens") + (usage.Count("total_tool_use_tokens") ?? 0),
            OutputTokens = answer + (thoughts ?? 0),
            CacheReadTokens = usage.Count("total_cached_tokens"),
            ReasoningTokens = thoughts,
        };
    }

    private static long? OfModality(UsageObject usage, string list, string modality)
    {
        var counts = usage.List(list).Where(item => item.Word("modality") == modality).ToList();
        return counts.Count == 0 ? null : counts.Sum(item => item.Count("tokenCount") ?? 0);
    }
}
