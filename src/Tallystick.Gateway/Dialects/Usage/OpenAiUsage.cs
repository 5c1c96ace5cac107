using Tallystick.Core.Usage;

namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>
/// Usage as OpenAI counts and the many who follow it, in both of its spellings: <c>prompt_tokens</c> of chat
/// completions and <c>input_tokens</c> of responses, images and transcriptions. The prompt includes what was cached.
/// </summary>
internal static class OpenAiUsage
{
    private static readonly string[] InputDetails =
        ["prompt_tokens_details", "input_tokens_details", "input_token_details"];
    private static readonly string[] OutputDetails = ["completion_tokens_details", "output_tokens_details"];

    public static UsageSheet Read(UsageObject usage)
    {
        if (usage.Word("type") == "duration") return new UsageSheet().Add(Unit.Seconds, usage.Quantity("seconds"));
        var cached = Detail(usage, InputDetails, "cached_tokens")
            ?? usage.Count("prompt_cache_hit_tokens") ?? usage.Count("cached_tokens");
        var input = usage.Count("prompt_tokens") ?? usage.Count("input_tokens")
            ?? (cached + usage.Count("prompt_cache_miss_tokens"));
        var output = usage.Count("completion_tokens") ?? usage.Count("output_tokens");
        var reasoning = Detail(usage, OutputDetails, "reasoning_tokens") ?? usage.Count("reasoning_tokens");
        if (IsOutside(usage.Count("total_tokens"), input, output, reasoning)) output += reasoning;
        return new UsageSheet()
            .Add(Unit.Input, input)
            .Add(Unit.Output, output)
            .Add(Unit.CacheRead, cached)
            .Add(Unit.CacheWrite, Detail(usage, InputDetails, "cache_write_tokens"))
            .Add(Unit.Reasoning, reasoning)
            .Add(Unit.InputAudio, Detail(usage, InputDetails, "audio_tokens"))
            .Add(Unit.OutputAudio, Detail(usage, OutputDetails, "audio_tokens"))
            .Add(Unit.InputImage, Detail(usage, InputDetails, "image_tokens"))
            .Add(Unit.OutputImage, Detail(usage, OutputDetails, "image_tokens"));
    }

    /// <summary>xAI's chat leaves reasoning out of the completion; only the provider's own total tells.</summary>
    private static bool IsOutside(long? total, long? input, long? output, long? reasoning) =>
        reasoning > 0 && total != input + output && total == input + output + reasoning;

    private static long? Detail(UsageObject usage, string[] objects, string name)
    {
        foreach (var one in objects)
            if (usage.Count(one, name) is { } count) return count;
        return null;
    }
}
