using Tallystick.Core.Money;

namespace Tallystick.Core.Usage;

/// <summary>So many of one unit. Zero is a count, too; what was not counted has no quantity at all.</summary>
public readonly record struct Quantity(Unit Unit, ExactDecimal Count);
