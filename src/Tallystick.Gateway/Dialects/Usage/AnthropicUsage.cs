using System.Collections.Immutable;

namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>
/// Usage as Anthropic counts: input without what was read from or written to the cache. Where a call was made of
/// several iterations the members at the top cover only some of them, so the iterations are what counts; they may name
/// other models.
/// </summary>
internal static class AnthropicUsage
{
    public static ImmutableArray<ProviderUsage> Read(UsageObject usage)
    {
        var (tier, units) = (usage.Word("service_tier"), Searches(usage));
        var iterations = usage.List("iterations");
        if (iterations.Count == 0) return [ReadOne(usage) with { ServiceTier = tier, Units = units }];
        // Each iteration is a prompt of its own: its context tier is decided by its own input. Searches are told for
        // the whole.
        return
        [
            .. iterations.Select((iteration, index) => ReadOne(iteration) with
            {
                Model = iteration.Word("model"), ServiceTier = tier,
                Units = index == 0 ? units : ImmutableSortedDictionary<string, long>.Empty,
            }),
        ];
    }

    private static ProviderUsage ReadOne(UsageObject usage)
    {
        var (uncached, read) = (usage.Count("input_tokens"), usage.Count("cache_read_input_tokens"));
        var written = usage.Count("cache_creation_input_tokens");
        return new()
        {
            InputTokens = uncached + (read ?? 0) + (written ?? 0),
            OutputTokens = usage.Count("output_tokens"),
            CacheReadTokens = read,
            CacheWriteTokens = written,
            CacheWrite1hTokens = usage.Count("cache_creation", "ephemeral_1h_input_tokens"),
            ReasoningTokens = usage.Count("output_tokens_details", "thinking_tokens"),
        };
    }

    private static ImmutableSortedDictionary<string, long> Searches(UsageObject usage)
    {
        var units = ImmutableSortedDictionary<string, long>.Empty;
        var searches = usage.Count("server_tool_use", "web_search_requests");
        var fetches = usage.Count("server_tool_use", "web_fetch_requests");
        if (searches is not null) units = units.Add("web_searches", searches.Value);
        return fetches is null ? units : units.Add("web_fetches", fetches.Value);
    }
}
