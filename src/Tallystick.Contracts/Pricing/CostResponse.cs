using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Pricing;

/// <summary>What a usage costs, in credits. The lines are exact; their sum is rounded up once.</summary>
public sealed record CostResponse
{
    /// <summary>What the provider takes, rounded up; never above the total.</summary>
    public required Amount ProviderCost { get; init; }
    public required Amount PlatformMarkup { get; init; }
    public required Amount TotalCost { get; init; }

    /// <summary>The version of the price; <c>GET /api/v1/prices/{id}</c> shows it for ever.</summary>
    public required string PriceId { get; init; }

    /// <summary>The instant whose prices stand.</summary>
    public required Timestamp PricedAt { get; init; }
    public required IReadOnlyList<CostLineResponse> Lines { get; init; }
}
