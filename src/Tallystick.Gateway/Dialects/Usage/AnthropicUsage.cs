using System.Collections.Immutable;
using Tallystick.Core.Usage;

namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>
/// Usage as Anthropic counts: input without what was read from or written to the cache. Where a call was made of
/// several iterations the members at the top cover only some of them, so the iterations are what counts; they may name
/// other models. Where it was processed (<c>inference_geo</c>) is told once, for all of it.
/// </summary>
internal static class AnthropicUsage
{
    private const string NoRegion = "not_available";
    private const string CacheRead = "cache_read_input_tokens", CacheWrite = "cache_creation_input_tokens";

    public static ImmutableArray<MeteredUsage> Read(UsageObject usage)
    {
        var region = usage.Word("inference_geo") is { } said and not NoRegion ? said : null;
        return region is null ? Counted(usage, usage.List("iterations"))
            : [.. Counted(usage, usage.List("iterations")).Select(one => one with { Region = region })];
    }

    private static ImmutableArray<MeteredUsage> Counted(UsageObject usage, IReadOnlyList<UsageObject> iterations)
    {
        var tier = usage.Word("service_tier");
        if (iterations.Count == 0)
        {
            var thought = usage.Count("output_tokens_details", "thinking_tokens");
            return [Searched(Counted(usage, usage).Add(Unit.Reasoning, thought))];
        }
        // Where none of them says what of it was cached, the top does, which is about the last one.
        var cached = iterations.Any(TellsCache) ? null : usage;
        // Each iteration is a prompt of its own: its context tier is decided by its own input. Searches are told for
        // the whole.
        return
        [
            .. iterations.Select((iteration, index) => index == 0
                ? Searched(SheetOf(iteration, index)) with { Model = iteration.Word("model") }
                : SheetOf(iteration, index).ToUsage(iteration.Word("model"), tier)),
        ];

        UsageSheet SheetOf(UsageObject iteration, int index) =>
            Counted(iteration, index == iterations.Count - 1 ? cached ?? iteration : iteration);

        MeteredUsage Searched(UsageSheet sheet) => sheet
            .Add("web_searches", usage.Count("server_tool_use", "web_search_requests"))
            .Add("web_fetches", usage.Count("server_tool_use", "web_fetch_requests"))
            .ToUsage(serviceTier: tier);
    }

    private static bool TellsCache(UsageObject usage) =>
        usage.Count(CacheRead) is not null || usage.Count(CacheWrite) is not null;

    private static UsageSheet Counted(UsageObject usage, UsageObject cached)
    {
        var (read, written) = (cached.Count(CacheRead), cached.Count(CacheWrite));
        return new UsageSheet()
            .Add(Unit.Input, usage.Count("input_tokens") + (read ?? 0) + (written ?? 0))
            .Add(Unit.Output, usage.Count("output_tokens"))
            .Add(Unit.CacheRead, read)
            .Add(Unit.CacheWrite, written)
            .Add(Unit.CacheWriteOneHour, cached.Count("cache_creation", "ephemeral_1h_input_tokens"));
    }
}
