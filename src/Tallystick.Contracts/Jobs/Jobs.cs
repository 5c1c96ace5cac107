using System.Text.Json;
using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Jobs;

/// <summary>Body of <c>POST /api/v1/jobs</c>: a hold of rows × credits_per_row.</summary>
public sealed record JobRequest
{
    public required string AccountId { get; init; }

    /// <summary>At least 1.</summary>
    public required long Rows { get; init; }

    /// <summary>Default 1.</summary>
    public Amount? CreditsPerRow { get; init; }

    /// <summary>Seconds; default 7 days.</summary>
    public long? ExpiresIn { get; init; }
    public string? Description { get; init; }
    public string? ReferenceId { get; init; }
    public JsonElement? Metadata { get; init; }
}

/// <summary>Body of <c>POST /api/v1/jobs/{id}/complete</c> and <c>/fail</c>.</summary>
public sealed record EndJobRequest
{
    /// <summary>Default: all rows for complete, none for fail.</summary>
    public long? RowsDone { get; init; }

    /// <summary>As for a capture, where more rows were done than planned.</summary>
    public string? Mode { get; init; }
}

/// <summary>A job with the split of its hold.</summary>
public sealed record JobResponse
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }

    /// <summary><c>running</c>, <c>completed</c>, <c>failed</c>, <c>rolled_back</c> or <c>expired</c>.</summary>
    public required string Status { get; init; }
    public required long Rows { get; init; }
    public required Amount CreditsPerRow { get; init; }
    public long? RowsDone { get; init; }
    public required Amount Amount { get; init; }
    public required Amount Charged { get; init; }
    public required Amount Returned { get; init; }
    public required string HoldId { get; init; }

    /// <summary>On completion or failure with rows done: refundable by this id.</summary>
    public string? ChargeId { get; init; }

    /// <summary>On creation what was set aside where; at the end what went back where.</summary>
    public required IReadOnlyList<BreakdownLeg> Breakdown { get; init; }

    /// <summary>What could be spent before and after.</summary>
    public required Amount PreviousBalance { get; init; }
    public required Amount NewBalance { get; init; }
    public required Timestamp ExpiresAt { get; init; }
    public required Timestamp CreatedAt { get; init; }
}
