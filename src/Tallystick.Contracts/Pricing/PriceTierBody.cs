using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Pricing;

/// <summary>Rates for requests with much input: the whole request moves. A rate that is not named stays.</summary>
public sealed record PriceTierBody
{
    public required long AboveInputTokens { get; init; }

    /// <summary>True: from exactly so many on; default false.</summary>
    public bool? Inclusive { get; init; }
    public required IReadOnlyDictionary<string, ExactNumber> Rates { get; init; }
}
