namespace Tallystick.Contracts.Pricing;

/// <summary>A price as the book has it, and as it would be.</summary>
public sealed record PriceChangeResponse(string Price, PriceResponse Before, PriceResponse After);
