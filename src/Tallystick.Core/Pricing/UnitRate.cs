using Tallystick.Core.Money;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>Dollars for one unit; for tokens and characters, for a million of them.</summary>
public readonly record struct UnitRate(Unit Unit, ExactDecimal Rate);
