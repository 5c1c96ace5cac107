using Tallystick.Contracts.Tiers;

namespace Tallystick.Contracts.Credits;

/// <summary>All tiers beside each other.</summary>
/// <param name="CurrentTier">The account's own; null where it has none.</param>
public sealed record TierComparisonResponse(string? CurrentTier, IReadOnlyList<TierResponse> Tiers);
