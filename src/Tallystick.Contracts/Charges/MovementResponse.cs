using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;

namespace Tallystick.Contracts.Charges;

/// <summary>
/// A charge, capture or refund as it was answered: which grants gave or got, and what the account had then.
/// </summary>
public record MovementResponse
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }
    public required string TransactionId { get; init; }
    public required Amount Amount { get; init; }
    public required IReadOnlyList<BreakdownLeg> Breakdown { get; init; }
    public required Amount BalanceBefore { get; init; }
    public required Amount BalanceAfter { get; init; }
    public required Amount AvailableAfter { get; init; }

    /// <summary>Where a usage was priced: how it came to the amount.</summary>
    public CostResponse? Cost { get; init; }
    public string? ReferenceId { get; init; }
    public required Timestamp CreatedAt { get; init; }
}
