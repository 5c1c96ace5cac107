using System.Text.Json;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Usage;

/// <summary>
/// What was used, wherever it is taken. A missing count was not counted, which is not 0. docs/pricing.md says how it
/// is priced.
/// </summary>
public sealed record UsageBody
{
    public string? Provider { get; init; }

    /// <summary>Needed, unless there is a service.</summary>
    public string? Model { get; init; }
    public string? Service { get; init; }
    public string? EventType { get; init; }

    /// <summary>Where it was processed, for prices that depend on it.</summary>
    public string? Region { get; init; }

    /// <summary><c>standard</c> (default), <c>batch</c>, <c>flex</c> or <c>priority</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>All input: what was cached, audio and images included.</summary>
    public long? InputTokens { get; init; }

    /// <summary>All output: reasoning, audio and images included.</summary>
    public long? OutputTokens { get; init; }
    public long? CacheReadTokens { get; init; }

    /// <summary>Of any duration.</summary>
    public long? CacheWriteTokens { get; init; }

    /// <summary>Part of the former.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("cache_write_1h_tokens")]
    public long? CacheWriteOneHourTokens { get; init; }
    public long? ReasoningTokens { get; init; }
    public long? InputAudioTokens { get; init; }
    public long? OutputAudioTokens { get; init; }
    public long? InputImageTokens { get; init; }
    public long? OutputImageTokens { get; init; }
    public long? Images { get; init; }
    public ExactNumber? Seconds { get; init; }
    public long? Characters { get; init; }

    /// <summary>Default 1, where requests have a price.</summary>
    public long? Requests { get; init; }

    /// <summary>Anything else by name, further kinds of tokens too: <c>{"web_searches": 2}</c>.</summary>
    public IReadOnlyDictionary<string, ExactNumber>? Units { get; init; }

    /// <summary>The provider's own usage object; kept as it is.</summary>
    public JsonElement? Raw { get; init; }
}
