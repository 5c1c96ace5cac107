using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Core.Pricing;

/// <summary>
/// One version of what a model or service costs, in dollars. Never changed: a later version with the same selector
/// stands from its own <see cref="EffectiveFrom"/> on. Immutable.
/// </summary>
public sealed record Price
{
    /// <summary>Of the entry that recorded it; none before.</summary>
    public ThingNumber Number { get; init; }
    public required PriceSelector Selector { get; init; }

    /// <summary>Inclusive; null: from the beginning of time.</summary>
    public Instant? EffectiveFrom { get; init; }
    public required RateCard Standard { get; init; }

    /// <summary>At most one for each mode, never the standard one.</summary>
    public ImmutableArray<ModeRates> Modes { get; init; } = [];
    public ImmutableArray<TimeWindow> Windows { get; init; } = [];

    /// <summary>Factors on all rates by where the request was processed; a region that is not here has 1.</summary>
    public ImmutableArray<Factor> Regions { get; init; } = [];

    /// <summary>Instead of the project's; null: the project's.</summary>
    public Markup? Markup { get; init; }

    /// <summary>Where the figures are from, and of when; for people.</summary>
    public string? Source { get; init; }

    /// <summary>The same figures for the same models, whenever and from wherever.</summary>
    public bool CostsTheSameAs(Price other) =>
        Standard.Equals(other.Standard) && Modes.SequenceEqual(other.Modes) && Windows.SequenceEqual(other.Windows)
        && Regions.SequenceEqual(other.Regions) && Markup == other.Markup
        && Selector.IgnoresCase == other.Selector.IgnoresCase
        && Selector.Aliases.ToHashSet(StringComparer.Ordinal).SetEquals(other.Selector.Aliases);
}
