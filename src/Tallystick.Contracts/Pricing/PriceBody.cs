using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Pricing;

/// <summary>
/// What a model or service costs from a date on, in dollars: tokens and characters per million, anything else each.
/// docs/pricing.md says which price and which rate stands.
/// </summary>
public record PriceBody
{
    /// <summary>Absent: any provider.</summary>
    public string? Provider { get; init; }

    /// <summary>Exact, or a pattern: <c>*</c> any text, <c>?</c> one character, <c>[0-9]</c> one of a set.</summary>
    public string? Model { get; init; }

    /// <summary>Absent: any service. At least a model or a service is needed.</summary>
    public string? Service { get; init; }

    /// <summary>Further names or patterns of the model.</summary>
    public IReadOnlyList<string>? Aliases { get; init; }

    /// <summary>Upper and lower case are the same in the model's names; default false.</summary>
    public bool? IgnoreCase { get; init; }

    /// <summary>
    /// Inclusive. Absent: from now on; for the first price of its kind, for all the time before, too.
    /// </summary>
    public Timestamp? EffectiveFrom { get; init; }

    /// <summary><c>{"input": "3", "output": "15", "cache_read": "0.3"}</c>; 0 is a price.</summary>
    public IReadOnlyDictionary<string, ExactNumber>? Rates { get; init; }
    public IReadOnlyList<PriceTierBody>? Tiers { get; init; }

    /// <summary>By <c>batch</c>, <c>flex</c>, <c>priority</c>.</summary>
    public IReadOnlyDictionary<string, PriceModeBody>? Modes { get; init; }
    public IReadOnlyList<PriceWindowBody>? Windows { get; init; }

    /// <summary>Factors on all rates by the usage's region.</summary>
    public IReadOnlyDictionary<string, ExactNumber>? Regions { get; init; }

    /// <summary>Instead of the project's.</summary>
    public MarkupBody? Markup { get; init; }

    /// <summary>Where the figures are from, and of when.</summary>
    public string? Source { get; init; }
}
