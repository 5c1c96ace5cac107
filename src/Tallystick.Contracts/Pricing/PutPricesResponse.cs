namespace Tallystick.Contracts.Pricing;

/// <summary>What putting prices came to.</summary>
public sealed record PutPricesResponse
{
    /// <summary>The versions that were added.</summary>
    public required IReadOnlyList<PriceResponse> Added { get; init; }

    /// <summary>How many say what the book said already.</summary>
    public required int Unchanged { get; init; }
}
