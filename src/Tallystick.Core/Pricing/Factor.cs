using Tallystick.Core.Money;

namespace Tallystick.Core.Pricing;

/// <summary>Multiplies something for one name: a region of a price, a provider, model or tier of a project.</summary>
public readonly record struct Factor(string Name, ExactDecimal Value);
