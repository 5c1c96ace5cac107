namespace Tallystick.Contracts.Pricing;

/// <summary>Body of <c>PUT /api/v1/prices</c>: adds versions where the price book says otherwise.</summary>
public sealed record PutPricesRequest
{
    public required IReadOnlyList<PriceBody> Prices { get; init; }
}
