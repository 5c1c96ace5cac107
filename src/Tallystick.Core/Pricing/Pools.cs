using Tallystick.Core.Money;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>
/// Divides counts that include each other into quantities that do not, one for each rate. Whatever has no rate of its
/// own is in the quantity of the pool that it belongs to; of several such pools, of the dearest.
/// </summary>
internal static class Pools
{
    /// <param name="priced">Receives the quantity of each rate, none of them negative.</param>
    public static Rejection? Divide(MeteredUsage usage, RateTable rates, out Dictionary<Unit, ExactDecimal> priced)
    {
        priced = [];
        foreach (var (unit, alone) in Alone(usage))
        {
            if (alone.IsZero) continue;
            if (PoolOf(unit, rates) is not { } pool)
                return new Rejection.UnknownPrice($"{unit.CountName} has no rate, nor has what it is part of");
            priced[pool] = priced.GetValueOrDefault(pool) + alone;
        }
        foreach (var rate in rates.All)
            if (Missing(usage, rates, rate.Unit) is { } rejection) return rejection;
        foreach (var (unit, quantity) in priced)
            if (quantity.IsNegative)
                return MeteredUsage.Wrong(unit, "less than what it includes, taken together; count what overlaps, too");
        return null;
    }

    /// <summary>Each count without what the counted parts of it count: the special ones first.</summary>
    private static Dictionary<Unit, ExactDecimal> Alone(MeteredUsage usage)
    {
        var alone = new Dictionary<Unit, ExactDecimal>();
        foreach (var (unit, count) in usage.Quantities.OrderByDescending(one => int.PopCount((int)one.Unit.Traits)))
        {
            var rest = count;
            foreach (var (part, counted) in alone)
                if (part.IsPartOf(unit)) rest -= counted;
            alone[unit] = rest;
        }
        return alone;
    }

    private static Unit? PoolOf(Unit unit, RateTable rates)
    {
        if (rates.TryGet(unit, out _)) return unit;
        (Unit Unit, ExactDecimal Rate)? best = null;
        foreach (var (pool, rate) in rates.All)
        {
            if (!unit.IsPartOf(pool) || HasNearer(unit, pool, rates)) continue;
            if (best is null || rate > best.Value.Rate) best = (pool, rate);
        }
        return best?.Unit;
    }

    private static bool HasNearer(Unit unit, Unit pool, RateTable rates)
    {
        foreach (var (between, _) in rates.All)
            if (unit.IsPartOf(between) && between.IsPartOf(pool)) return true;
        return false;
    }

    /// <summary>
    /// A missing count is not a zero: with a rate of its own it must be there when a part of it was used, or two that
    /// it is the overlap of.
    /// </summary>
    private static Rejection.InvalidField? Missing(MeteredUsage usage, RateTable rates, Unit unit)
    {
        if (!unit.IsTokens || usage[unit] is not null) return null;
        foreach (var (one, count) in usage.Quantities)
        {
            if (count.IsZero || !one.IsTokens) continue;
            if (one.IsPartOf(unit))
                return MeteredUsage.Wrong(unit, $"missing, and {one.CountName}, a part of it, is not 0");
            if (!unit.IsPartOf(one)) continue;
            foreach (var (other, otherCount) in usage.Quantities)
                if (!otherCount.IsZero && unit.IsPartOf(other) && Unit.Overlap(one, other) == unit)
                    return MeteredUsage.Wrong(unit, $"missing, and {one.CountName} and {other.CountName} may overlap");
        }
        return null;
    }
}
