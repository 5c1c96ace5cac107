using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>
/// What an entry keeps of a usage that was priced: all of it, by which version, as of when, line by line. So the answer
/// can be given again after any change of prices.
/// </summary>
/// <param name="At">The instant whose prices stand.</param>
public sealed record PricedUsage(MeteredUsage Usage, Instant At, Cost Cost)
{
    /// <summary>As it would be with so much left of the free tier; equal to this where that was so.</summary>
    internal PricedUsage Divided(FreeRoom? room)
    {
        var free = FreeTierRules.Divide(room, Usage, Cost.Lines, Cost.Sum(Cost.Lines) + Cost.Markup);
        var isAsIs = free is null ? Cost.Free is null : Cost.Free?.IsOf(free) == true;
        return isAsIs ? this : this with { Cost = Cost with { Free = free } };
    }
}
