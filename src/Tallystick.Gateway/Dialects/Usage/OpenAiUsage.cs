namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>
/// Usage as OpenAI counts and the many who follow it, in both of its spellings: <c>prompt_tokens</c> of chat
/// completions and <c>input_tokens</c> of responses, images and transcriptions. The prompt includes what was cached.
/// </summary>
internal static class OpenAiUsage
{
    public static ProviderUsage Read(UsageObject usage)
    {
        if (usage.Word("type") == "duration") return new() { Seconds = usage.Quantity("seconds") };
        var cached = usage.Count("prompt_tokens_details", "cached_tokens")
            ?? usage.Count("input_tokens_details", "cached_tokens")
            ?? usage.Count("prompt_cache_hit_tokens")
            ?? usage.Count("cached_tokens");
        var output = usage.Count("completion_tokens") ?? usage.Count("output_tokens");
        var reasoning = usage.Count("completion_tokens_details", "reasoning_tokens")
            ?? usage.Count("output_tokens_details", "reasoning_tokens")
            ?? usage.Count("reasoning_tokens");
        var input = usage.Count("prompt_tokens") ?? usage.Count("input_tokens")
            ?? (cached + usage.Count("prompt_cache_miss_tokens"));
        var isOutside = IsOutside(usage.Count("total_tokens"), input, output, reasoning);
        return new()
        {
            InputTokens = input,
            OutputTokens = isOutside ? output + reasoning : output,
            CacheReadTokens = cached,
            CacheWriteTokens = usage.Count("prompt_tokens_details", "cache_write_tokens")
                ?? usage.Count("input_tokens_details", "cache_write_tokens"),
            ReasoningTokens = reasoning,
            InputAudioTokens = usage.Count("prompt_tokens_details", "audio_tokens")
                ?? usage.Count("input_token_details", "audio_tokens"),
            OutputAudioTokens = usage.Count("completion_tokens_details", "audio_tokens"),
            InputImageTokens = usage.Count("prompt_tokens_details", "image_tokens")
                ?? usage.Count("input_tokens_details", "image_tokens"),
            OutputImageTokens = usage.Count("output_tokens_details", "image_tokens"),
        };
    }

    /// <summary>xAI's chat leaves reasoning out of the completion; only the provider's own total tells.</summary>
    private static bool IsOutside(long? total, long? input, long? output, long? reasoning) =>
        reasoning > 0 && total != input + output && total == input + output + reasoning;
}
