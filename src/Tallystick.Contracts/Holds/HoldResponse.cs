using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;

namespace Tallystick.Contracts.Holds;

/// <summary>A hold. It answers for life.</summary>
public sealed record HoldResponse
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }

    /// <summary><c>held</c>, <c>captured</c>, <c>released</c> or <c>expired</c>.</summary>
    public required string Status { get; init; }
    public required Amount Amount { get; init; }
    public required Amount Captured { get; init; }
    public required Amount Released { get; init; }

    /// <summary>What was set aside where (on its placing), or still is (later).</summary>
    public required IReadOnlyList<BreakdownLeg> Breakdown { get; init; }
    public required Timestamp ExpiresAt { get; init; }
    public required Amount AvailableAfter { get; init; }

    /// <summary>Where a usage was priced: how it came to the amount.</summary>
    public CostResponse? Cost { get; init; }

    /// <summary>Of the tier's free usage; null for nothing, and once the hold has ended.</summary>
    public FreeTierReserve? FreeTierReserved { get; init; }
    public string? ReferenceId { get; init; }
    public required Timestamp CreatedAt { get; init; }
}
