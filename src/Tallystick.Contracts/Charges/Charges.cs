using System.Text.Json;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Charges;

/// <summary>Body of <c>POST /api/v1/charges</c>: check and deduct at once.</summary>
public sealed record ChargeRequest
{
    public required string AccountId { get; init; }

    /// <summary>Greater than 0.</summary>
    public required Amount Amount { get; init; }
    public string? Description { get; init; }
    public string? ReferenceId { get; init; }
    public JsonElement? Metadata { get; init; }
}

/// <summary>Part of a split. What no grant covers has no <c>grant_id</c> and the bucket <c>debt</c>.</summary>
public sealed record BreakdownLeg(string? GrantId, string Bucket, Amount Amount);

/// <summary>A charge, capture or refund as it was answered: which grants gave or got, and what the account had then.</summary>
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
    public string? ReferenceId { get; init; }
    public required Timestamp CreatedAt { get; init; }
}

/// <summary>A refund names its charge.</summary>
public sealed record RefundResponse : MovementResponse
{
    public required string ChargeId { get; init; }
}

/// <summary>A charge as it is now.</summary>
public sealed record ChargeDetailResponse : MovementResponse
{
    public string? HoldId { get; init; }
    public required Amount Refunded { get; init; }
    public required Amount Refundable { get; init; }
}

/// <summary>Body of <c>POST /api/v1/charges/{id}/refund</c>.</summary>
public sealed record RefundRequest
{
    /// <summary>Default: all that is left.</summary>
    public Amount? Amount { get; init; }
    public string? Reason { get; init; }
    public string? ReferenceId { get; init; }
    public JsonElement? Metadata { get; init; }
}
