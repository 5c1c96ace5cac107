using Tallystick.Core.Usage;

namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>Usage of providers who are reached through others' dialects or by back ends that report events.</summary>
internal static class OtherUsage
{
    /// <summary>Amazon Bedrock's Converse: input without cache, each member in two spellings.</summary>
    public static UsageSheet ReadBedrock(UsageObject usage)
    {
        var read = usage.Count("cacheReadInputTokens") ?? usage.Count("cacheReadInputTokenCount");
        var written = usage.Count("cacheWriteInputTokens") ?? usage.Count("cacheWriteInputTokenCount");
        return new UsageSheet()
            .Add(Unit.Input, usage.Count("inputTokens") + (read ?? 0) + (written ?? 0))
            .Add(Unit.Output, usage.Count("outputTokens"))
            .Add(Unit.CacheRead, read)
            .Add(Unit.CacheWrite, written);
    }

    /// <summary>
    /// Cohere bills <c>billed_units</c>, which leave out its own additions to the prompt; what it cached is among
    /// those.
    /// </summary>
    public static UsageSheet ReadCohere(UsageObject usage) => new UsageSheet()
        .Add(Unit.Input, usage.Count("billed_units", "input_tokens") ?? usage.Count("tokens", "input_tokens"))
        .Add(Unit.Output, usage.Count("billed_units", "output_tokens") ?? usage.Count("tokens", "output_tokens"))
        .Add("search_units", usage.Count("billed_units", "search_units"));
}
