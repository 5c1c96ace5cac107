using Tallystick.Core.Money;
using Tallystick.Core.Usage;

namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>
/// Usage as OpenAI counts and the many who follow it, in both of its spellings: <c>prompt_tokens</c> of chat
/// completions and <c>input_tokens</c> of responses, images and transcriptions. The prompt includes what was cached.
/// </summary>
internal static class OpenAiUsage
{
    private const string ToolCalls = "server_side_tool_usage_details", SearchCalls = "_search_calls";

    private static readonly string[] InputDetails =
        ["prompt_tokens_details", "input_tokens_details", "input_token_details", "prompt_token_details"];

    private static readonly string[] OutputDetails = ["completion_tokens_details", "output_tokens_details"];

    /// <summary>OpenAI's word, then those of Perplexity, Alibaba and proxies.</summary>
    private static readonly string[] CacheReads = ["cached_tokens", "cache_read_input_tokens"], CacheWrites =
        ["cache_write_tokens", "cache_creation_input_tokens", "cache_creation_tokens"];

    /// <summary>Of a chat: what was heard, and how it was served, are told in the usage by Mistral.</summary>
    public static MeteredUsage ReadChat(UsageObject usage) => Read(usage)
        .Add("input_audio_seconds", AudioOf(usage)).ToUsage(serviceTier: usage.Word("service_tier"));

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
        var cached = Detail(usage, InputDetails, CacheReads) ?? usage.Count("prompt_cache_hit_tokens")
            ?? usage.Count("cached_tokens") ?? usage.Count("num_cached_tokens");
        var (answer, total) = (
            usage.Count("completion_tokens") ?? usage.Count("output_tokens"), usage.Count("total_tokens"));
        var input = usage.Count("prompt_tokens") ?? usage.Count("input_tokens")
            ?? (cached + usage.Count("prompt_cache_miss_tokens"))
            // Voyage's embeddings have a total and nothing else.
            ?? (answer is null ? total : null);
        // At times xAI's prompt is without what was cached; only its own total tells.
        if (cached > input && total == input + cached + answer) input += cached;
        var inside = Detail(usage, OutputDetails, "reasoning_tokens");
        var reasoning = inside ?? usage.Count("reasoning_tokens");
        var (cited, searches) = (usage.Count("citation_tokens"), usage.Count("num_search_queries"));
        // Perplexity's research: what it thought and cited is beside the completion, and in no total.
        var isResearch = inside is null && (reasoning > answer || cited is not null || searches is not null);
        var isOutside = isResearch || IsOutside(total, input, answer, reasoning);
        var output = answer + (isOutside ? reasoning ?? 0 : 0) + (cited ?? 0);
        var sheet = new UsageSheet()
            .Add(Unit.Input, input)
            .Add(Unit.Output, output)
            .Add(Unit.CacheRead, cached)
            .Add(Unit.CacheWrite, Detail(usage, InputDetails, CacheWrites))
            // Some count a token more of it than of the answer that it is in: then all of that was reasoning.
            .Add(Unit.Reasoning, reasoning > output ? output : reasoning)
            .Add("citation_tokens", cited)
            .Add("web_searches", searches)
            .Add(Unit.InputAudio, Detail(usage, InputDetails, "audio_tokens"))
            .Add(Unit.OutputAudio, Detail(usage, OutputDetails, "audio_tokens"))
            .Add(Unit.InputImage, Detail(usage, InputDetails, "image_tokens"))
            .Add("input_video_tokens", Detail(usage, InputDetails, "video_tokens"))
            .Add(Unit.OutputImage, Detail(usage, OutputDetails, "image_tokens"));
        foreach (var (calls, count) in usage.Counts(ToolCalls))
            if (count > 0) sheet.Add(UnitOf(calls), count);
        return sheet;
    }

    /// <summary>xAI tells by name how often each of its own tools ran: then items of the answer do not count.</summary>
    public static bool TellsToolCalls(UsageObject usage) => usage.Counts(ToolCalls).Any();

    private static string UnitOf(string calls) => calls.EndsWith(SearchCalls, StringComparison.Ordinal)
        ? calls[..^"_calls".Length] + "es" : calls;

    /// <summary>Mistral counts what it heard in seconds, beside the tokens; null where that is null or empty.</summary>
    public static ExactDecimal? AudioOf(UsageObject usage) => usage.Quantity("prompt_audio_seconds");

    /// <summary>xAI's chat leaves reasoning out of the completion; only the provider's own total tells.</summary>
    private static bool IsOutside(long? total, long? input, long? output, long? reasoning) =>
        reasoning > 0 && total != input + output && total == input + output + reasoning;

    private static long? Detail(UsageObject usage, string[] objects, params ReadOnlySpan<string> names)
    {
        foreach (var one in objects)
            foreach (var name in names)
                if (usage.Count(one, name) is { } count) return count;
        return null;
    }
}
