using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Grants;

/// <summary>A grant, with where its credits stand.</summary>
public sealed record GrantResponse
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }
    public string? TransactionId { get; init; }
    public required string Status { get; init; }
    public required Amount Amount { get; init; }
    public required string Bucket { get; init; }
    public required string Kind { get; init; }
    public required int Priority { get; init; }
    public required Timestamp EffectiveAt { get; init; }
    public Timestamp? ExpiresAt { get; init; }
    public string? CostBasis { get; init; }
    public string? ReferenceId { get; init; }

    /// <summary>The tier that gave it; null for any other grant.</summary>
    public string? Tier { get; init; }

    /// <summary>
    /// <c>sign_up</c>, <c>initial_allocation</c>, <c>allowance</c> or <c>proration</c>; null as <c>tier</c>.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>For a refund or rollover: the grant whose credits these were.</summary>
    public string? SourceGrantId { get; init; }
    public required Amount Remaining { get; init; }
    public required Amount Held { get; init; }
    public required Amount Used { get; init; }
    public required Amount Expired { get; init; }
    public required Amount Voided { get; init; }

    /// <summary>On the answers of grant and void only.</summary>
    public Amount? AvailableAfter { get; init; }
    public required Timestamp CreatedAt { get; init; }
}
