namespace Tallystick.Gateway.Dialects;

/// <summary>What the gateway changes in a request before it goes upstream.</summary>
internal sealed record CallChange
{
    /// <summary>The upstream's name for the model; null: as the client says.</summary>
    public string? Model { get; init; }

    /// <summary>A bound for each answer; null: as the client says.</summary>
    public long? OutputTokensMax { get; init; }

    /// <summary>The name under which the upstream takes a bound where the dialect knows two.</summary>
    public string OutputTokensField { get; init; } = "max_tokens";

    /// <summary>Ask for usage in the stream.</summary>
    public bool ForceUsage { get; init; }
}
