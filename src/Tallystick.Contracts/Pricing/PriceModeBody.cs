using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Pricing;

/// <summary>What a mode costs: rates of its own, and a factor on the standard ones where it has none.</summary>
public sealed record PriceModeBody
{
    public IReadOnlyDictionary<string, ExactNumber>? Rates { get; init; }
    public IReadOnlyList<PriceTierBody>? Tiers { get; init; }

    /// <summary>Default 1; <c>0.5</c> is half of standard.</summary>
    public ExactNumber? Factor { get; init; }
}
