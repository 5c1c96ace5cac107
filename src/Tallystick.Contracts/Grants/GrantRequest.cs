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
