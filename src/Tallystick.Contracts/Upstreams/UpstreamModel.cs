namespace Tallystick.Contracts.Upstreams;

/// <summary>A model of an upstream.</summary>
public sealed record UpstreamModel
{
    /// <summary>The upstream's own name for it; default: the one that clients use.</summary>
    public string? Name { get; init; }

    /// <summary>All tokens that a prompt can have.</summary>
    public long? ContextTokens { get; init; }

    /// <summary>All tokens that an answer can have.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>All tokens that one image of a prompt can have.</summary>
    public long? ImageTokens { get; init; }

    /// <summary>Where the call goes when this upstream fails: <c>upstream/model</c>, in order.</summary>
    public IReadOnlyList<string>? Fallbacks { get; init; }
}
