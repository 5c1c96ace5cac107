namespace Tallystick.Core.Pricing;

/// <summary>A price before and after.</summary>
public sealed record PriceChange(Price Before, Price After);
