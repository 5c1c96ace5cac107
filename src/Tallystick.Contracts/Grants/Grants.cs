using System.Text.Json;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Grants;

/// <summary>Body of <c>POST /api/v1/accounts/{account_id}/grants</c>.</summary>
public sealed record GrantRequest
{
    /// <summary>Greater than 0.</summary>
    public required Amount Amount { get; init; }

    /// <summary>A label of 1–64 characters; default: the kind.</summary>
    public string? Bucket { get; init; }

    /// <summary><c>allowance</c>, <c>purchase</c> (default), <c>promotional</c>, <c>bonus</c>, <c>refund</c>,
    /// <c>adjustment</c>, <c>rollover</c> or <c>import</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>0 (spent first) to 1000; default 100.</summary>
    public int? Priority { get; init; }

    /// <summary>From when it can be spent, inclusive; default now.</summary>
    public Timestamp? EffectiveAt { get; init; }

    /// <summary>Until when, exclusive; default for ever.</summary>
    public Timestamp? ExpiresAt { get; init; }

    /// <summary>What was paid for it, in the caller's own words; at most 64 characters.</summary>
    public string? CostBasis { get; init; }
    public string? Description { get; init; }
    public string? ReferenceId { get; init; }
    public JsonElement? Metadata { get; init; }
}

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
    public required Amount Remaining { get; init; }
    public required Amount Held { get; init; }
    public required Amount Used { get; init; }
    public required Amount Expired { get; init; }
    public required Amount Voided { get; init; }

    /// <summary>On the answers of grant and void only.</summary>
    public Amount? AvailableAfter { get; init; }
    public required Timestamp CreatedAt { get; init; }
}

/// <summary>Body of <c>POST /api/v1/grants/{id}/void</c>.</summary>
public sealed record VoidRequest
{
    /// <summary>Also book what was used and not refunded as debt (a reversed payment).</summary>
    public bool ClawBackUsed { get; init; }
    public string? Reason { get; init; }
}
