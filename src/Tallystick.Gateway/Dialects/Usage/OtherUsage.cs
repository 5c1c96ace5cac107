namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>Usage of providers who are reached through others' dialects or by back ends that report events.</summary>
internal static class OtherUsage
{
    /// <summary>Amazon Bedrock's Converse: input without cache, each member in two spellings.</summary>
    public static ProviderUsage ReadBedrock(UsageObject usage)
    {
        var read = usage.Count("cacheReadInputTokens") ?? usage.Count("cacheReadInputTokenCount");
        var written = usage.Count("cacheWriteInputTokens") ?? usage.Count("cacheWriteInputTokenCount");
        return new()
        {
            InputTokens = usage.Count("inputTokens") + (read ?? 0) + (written ?? 0),
            OutputTokens = usage.Count("outputTokens"),
            CacheReadTokens = read,
            CacheWriteTokens = written,
        };
    }

    /// <summary>
    /// Cohere bills <c>billed_units</c>, which leave out its own additions to the prompt; what it cached is among
    /// those.
    /// </summary>
    public static ProviderUsage ReadCohere(UsageObject usage) => new()
    {
        InputTokens = usage.Count("billed_units", "input_tokens") ?? usage.Count("tokens", "input_tokens"),
        OutputTokens = usage.Count("billed_units", "output_tokens") ?? usage.Count("tokens", "output_tokens"),
    };
}
