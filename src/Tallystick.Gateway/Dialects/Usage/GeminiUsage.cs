using Tallystick.Core.Usage;

namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>
/// Usage as Google counts, in its two spellings. The prompt includes what was cached but not what its tools brought in;
/// the answer does not include thoughts. Either half of the output may be absent.
/// </summary>
internal static class GeminiUsage
{
    private static readonly string[] Modalities = ["TEXT", "AUDIO", "IMAGE", "VIDEO"];

    private static readonly (string Kind, string List)[] InteractionLists =
    [
        ("input", "input_tokens_by_modality"), ("cache_read", "cached_tokens_by_modality"),
        ("output", "output_tokens_by_modality"),
    ];

    public static UsageSheet Read(UsageObject usage)
    {
        var (answer, thoughts) = (usage.Count("candidatesTokenCount"), usage.Count("thoughtsTokenCount"));
        var input = usage.Count("promptTokenCount");
        var isNothing = answer is null && thoughts is null;
        // No candidate and no thought: where the whole is the prompt, the output is a true zero.
        long? none = usage.Count("totalTokenCount") == input ? 0 : null;
        var sheet = new UsageSheet()
            .Add(Unit.Input, input + (usage.Count("toolUsePromptTokenCount") ?? 0))
            .Add(Unit.Output, isNothing ? none : (answer ?? 0) + (thoughts ?? 0))
            .Add(Unit.CacheRead, usage.Count("cachedContentTokenCount"))
            .Add(Unit.Reasoning, thoughts);
        foreach (var modality in Modalities)
        {
            var suffix = $"_{modality.ToLowerInvariant()}_tokens";
            var asked = OfModality(usage, "promptTokensDetails", modality);
            // The list of what was cached names what there was: nothing was of what only the prompt has.
            long? uncached = asked is not null && usage.List("cacheTokensDetails").Count > 0 ? 0 : null;
            sheet.Add($"input{suffix}", asked);
            sheet.Add($"cache_read{suffix}", OfModality(usage, "cacheTokensDetails", modality) ?? uncached);
            sheet.Add($"output{suffix}", OfModality(usage, "candidatesTokensDetails", modality));
        }
        return sheet;
    }

    /// <summary>How the call was served: Google's own word, or Vertex AI's kind of traffic.</summary>
    public static string? TierOf(UsageObject usage) =>
        usage.Word("serviceTier") ?? usage.Word("trafficType")?.Replace("ON_DEMAND_", "", StringComparison.Ordinal);

    public static UsageSheet ReadInteraction(UsageObject usage)
    {
        var thoughts = usage.Count("total_thought_tokens");
        var sheet = new UsageSheet()
            .Add(Unit.Input, usage.Count("total_input_tokens") + (usage.Count("total_tool_use_tokens") ?? 0))
            .Add(Unit.Output, usage.Count("total_output_tokens") + (thoughts ?? 0))
            .Add(Unit.CacheRead, usage.Count("total_cached_tokens"))
            .Add(Unit.Reasoning, thoughts);
        foreach (var modality in Modalities.Select(name => name.ToLowerInvariant()))
            foreach (var (kind, list) in InteractionLists)
                sheet.Add($"{kind}_{modality}_tokens", OfModality(usage, list, modality, "tokens"));
        return sheet;
    }

    private static long? OfModality(
        UsageObject usage, string list, string modality, string count = "tokenCount")
    {
        var counts = usage.List(list).Where(item => item.Word("modality") == modality).ToList();
        return counts.Count == 0 ? null : counts.Sum(item => item.Count(count) ?? 0);
    }
}
