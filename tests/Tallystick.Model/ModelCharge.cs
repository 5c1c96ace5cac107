using System.Numerics;

namespace Tallystick.Model;

/// <summary>A charge or a capture: both are refunded alike.</summary>
public sealed record ModelCharge
{
    public required ThingId Id { get; init; }
    public required ThingId? Hold { get; init; }

    /// <summary>The charge whose price was corrected, where this is what a correction charged further.</summary>
    public ThingId? Of { get; init; }

    /// <summary>What its last correction made of it; null before the first.</summary>
    public BigInteger? Corrected { get; init; }
    public required BigInteger Amount { get; init; }

    /// <summary>What a capped capture asked for and nobody owes.</summary>
    public required BigInteger Shortfall { get; init; }

    /// <summary>In the order burned. The debt leg is one at most, and the last.</summary>
    public required IReadOnlyList<ModelLeg> Legs { get; init; }

    /// <summary>
    /// Of a charge of another system's history: what it took from which bucket there. Its legs are empty until the
    /// balance comes, and for ever where it does not say.
    /// </summary>
    public IReadOnlyList<BucketShare>? Imported { get; init; }

    public BigInteger Standing => Corrected ?? Amount;
    public BigInteger Refunded => Legs.Aggregate(BigInteger.Zero, (sum, leg) => sum + leg.Refunded);
}
