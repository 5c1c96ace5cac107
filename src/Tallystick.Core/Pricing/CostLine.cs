using Tallystick.Core.Money;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>Part of a cost: so many of a unit at so much.</summary>
/// <param name="Quantity">Without what other lines count of it.</param>
/// <param name="Rate">Dollars for <c>10^Unit.PerPower</c> of the unit, with the factors of mode and region.</param>
/// <param name="Credits">The exact cost.</param>
public readonly record struct CostLine(Unit Unit, ExactDecimal Quantity, ExactDecimal Rate, ExactDecimal Credits)
{
    public static CostLine Of(Unit unit, ExactDecimal quantity, ExactDecimal rate, ExactDecimal creditsPerUsd) =>
        new(unit, quantity, rate, (quantity * rate).ShiftRight(unit.PerPower) * creditsPerUsd);
}
