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

    /// <summary>Of images: whatever comes out is an image, unless the provider says what else it is.</summary>
    public static UsageSheet ReadImages(UsageObject usage)
    {
        var sheet = Read(usage);
        if (Detail(usage, OutputDetails, "image_tokens") is not null) return sheet;
        var drawn = usage.Count("output_tokens") - (Detail(usage, OutputDetails, "text_tokens") ?? 0);
        return sheet.Add(Unit.OutputImage, drawn < 0 ? null : drawn);
    }

    public static UsageSheet Read(UsageObject usage)
    {
        if (usage.Word("type") == "duration") return new UsageSheet().Add(Unit.Seconds, usage.Quantity("seconds"));
        var cached = Detail(usage, InputDetails, "cached_tokens")
            ?? usage.Count("prompt_cache_hit_tokens") ?? usage.Count("cached_tokens");
        var input = usage.Count("prompt_tokens") ?? usage.Count("input_tokens")
            ?? (cached + usage.Count("prompt_cache_miss_tokens"));
        var answer = usage.Count("completion_tokens") ?? usage.Count("output_tokens");
        var inside = Detail(usage, OutputDetails, "reasoning_tokens");
        var reasoning = inside ?? usage.Count("reasoning_tokens");
        var (cited, searches) = (usage.Count("citation_tokens"), usage.Count("num_search_queries"));
        // Perplexity's research: what it thought and cited is beside the completion, and in no total.
        var isResearch = inside is null && (reasoning > answer || cited is not null || searches is not null);
        var isOutside = isResearch || IsOutside(usage.Count("total_tokens"), input, answer, reasoning);
        var output = answer + (isOutside ? reasoning ?? 0 : 0) + (cited ?? 0);
        return new UsageSheet()
            .Add(Unit.Input, input)
            .Add(Unit.Output, output)
            .Add(Unit.CacheRead, cached)
            .Add(Unit.CacheWrite, Detail(usage, InputDetails, "cache_write_tokens"))
            .Add(Unit.Reasoning, reasoning)
            .Add("citation_tokens", cited)
            .Add("web_searches", searches)
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
