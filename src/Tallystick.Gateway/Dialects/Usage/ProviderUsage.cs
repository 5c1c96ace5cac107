using System.Collections.Immutable;

namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>
/// What one model consumed in one call, in the ledger's shape: input includes cached, audio and image tokens, output
/// includes reasoning. Null where the provider did not say; an explicit 0 is 0.
/// </summary>
internal sealed record ProviderUsage
{
    /// <summary>Null: the model that the call asked for.</summary>
    public string? Model { get; init; }
    public long? InputTokens { get; init; }
    public long? OutputTokens { get; init; }
    public long? CacheReadTokens { get; init; }

    /// <summary>Includes what was written for the longer time.</summary>
    public long? CacheWriteTokens { get; init; }
    public long? CacheWrite1hTokens { get; init; }
    public long? ReasoningTokens { get; init; }
    public long? InputAudioTokens { get; init; }
    public long? OutputAudioTokens { get; init; }
    public long? InputImageTokens { get; init; }
    public long? OutputImageTokens { get; init; }
    public long? Images { get; init; }
    public decimal? Seconds { get; init; }
    public long? Characters { get; init; }

    /// <summary>How the provider says that it served the call: its own word, null for the standard way.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>What has no place above, such as searches made on the way.</summary>
    public ImmutableSortedDictionary<string, long> Units { get; init; } = ImmutableSortedDictionary<string, long>.Empty;
}
