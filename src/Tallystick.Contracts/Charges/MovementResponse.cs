using System.Text.Json.Serialization;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;

namespace Tallystick.Contracts.Charges;

/// <summary>
/// A charge, capture or refund as it was answered: which grants gave or got, and what the account had then.
/// </summary>
/// <remarks>What a kind of it adds would come first on the wire: the order keeps who and how much before it.</remarks>
public record MovementResponse
{
    /// <summary>Places on the wire, first to last; all other members follow.</summary>
    private protected const int Subject = -3, Source = -2, Size = -1;

    [JsonPropertyOrder(Subject)]
    public required string Id { get; init; }
    [JsonPropertyOrder(Subject)]
    public required string AccountId { get; init; }
    [JsonPropertyOrder(Subject)]
    public required string TransactionId { get; init; }
    [JsonPropertyOrder(Size)]
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
