using System.Collections.Immutable;

namespace Tallystick.Core.Pricing;

/// <summary>Base rates and the tiers above them: of a price, or of one of its modes.</summary>
/// <param name="Tiers">By ascending threshold, each once.</param>
public sealed record RateCard(RateTable Rates, ImmutableArray<ContextTier> Tiers)
{
    public static readonly RateCard Empty = new(RateTable.Empty, []);
    public bool IsEmpty => Rates.IsEmpty && Tiers.IsEmpty;

    public bool Equals(RateCard? other) =>
        other is not null && Rates.Equals(other.Rates) && Tiers.SequenceEqual(other.Tiers);
    public override int GetHashCode() => HashCode.Combine(Rates, Tiers.Length);
}
