namespace Tallystick.Contracts.Pricing;

/// <summary>One version of a price. It never changes.</summary>
public sealed record PriceResponse : PriceBody
{
    /// <summary>Null for a price that is only proposed.</summary>
    public required string? Id { get; init; }
}
