using System.Collections.Immutable;
using Tallystick.Core.Money;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>
/// Rates by unit, in the order of units. A rate of 0 is a price; a unit that is not here has none. Immutable.
/// </summary>
public sealed class RateTable : IEquatable<RateTable>
{
    public static readonly RateTable Empty = new([]);
    private readonly ImmutableArray<UnitRate> _rates;

    private RateTable(ImmutableArray<UnitRate> rates) => _rates = rates;

    /// <param name="rates">At most one for each unit.</param>
    public static RateTable Of(IEnumerable<UnitRate> rates) => new([.. rates.OrderBy(rate => rate.Unit, Unit.Order)]);

    public ImmutableArray<UnitRate> All => _rates;
    public bool IsEmpty => _rates.IsEmpty;

    public bool TryGet(Unit unit, out ExactDecimal rate)
    {
        foreach (var one in _rates)
        {
            if (one.Unit != unit) continue;
            rate = one.Rate;
            return true;
        }
        rate = default;
        return false;
    }

    public bool Equals(RateTable? other) => other is not null && _rates.SequenceEqual(other._rates);
    public override bool Equals(object? obj) => Equals(obj as RateTable);
    public override int GetHashCode() => _rates.Aggregate(0, HashCode.Combine);
}
