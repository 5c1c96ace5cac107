using System.Collections.Immutable;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Tiers;
using Tallystick.Core.Usage;

namespace Tallystick.Gateway.Pricing;

/// <summary>What a call came to.</summary>
/// <param name="Total">The exact sum of all parts less what is free, rounded up once.</param>
/// <param name="Parts">Each model's usage with its cost.</param>
/// <param name="Free">What the free tier takes over of that; null for nothing.</param>
/// <param name="Estimated">The provider did not say, or not all.</param>
/// <param name="Unpriced">Units that the provider counted and the price has no rate for.</param>
internal sealed record CallCost(
    CreditAmount Total, FreeTaken? Free, ImmutableArray<(MeteredUsage Usage, Cost Cost)> Parts, bool Estimated,
    ImmutableArray<string> Unpriced)
{
    /// <summary>The usage that it all was for; null where several models took part.</summary>
    public MeteredUsage? Usage => Parts is [var only] ? only.Usage : null;

    public long? Count(Unit unit)
    {
        var counts = Parts.Select(part => part.Usage[unit]).OfType<ExactDecimal>().ToList();
        return counts.Count == 0 ? null : (long)counts.Aggregate(ExactDecimal.Zero, (sum, count) => sum + count).Digits;
    }
}
