namespace Tallystick.Contracts.Pricing;

/// <summary>A price as the book has it, and as it would be.</summary>
public sealed record PriceChangeResponse
{
    public required string Price { get; init; }
    public required PriceResponse Before { get; init; }
    public required PriceResponse After { get; init; }

    /// <summary>The figures that differ.</summary>
    public required IReadOnlyList<RateChangeResponse> Rates { get; init; }

    /// <summary>Names and patterns of the model that are new.</summary>
    public required IReadOnlyList<string> NamesAdded { get; init; }
    public required IReadOnlyList<string> NamesRemoved { get; init; }
}
