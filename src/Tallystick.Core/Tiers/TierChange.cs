namespace Tallystick.Core.Tiers;

/// <summary>When another tier begins.</summary>
public enum TierChange
{
    /// <summary>Now: each tier's allowance counts for its share of the period.</summary>
    AtOnce = 1,

    /// <summary>With the next period.</summary>
    AtPeriodEnd,
}
