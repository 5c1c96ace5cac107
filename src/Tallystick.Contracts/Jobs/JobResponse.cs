using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Jobs;

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

    /// <summary>By its end and by captures of a part before it.</summary>
    public required Amount Charged { get; init; }
    public required Amount Returned { get; init; }
    public required string HoldId { get; init; }

    /// <summary>The entry that began the job, or the one that ended it.</summary>
    public required string TransactionId { get; init; }

    /// <summary>On completion or failure with rows done: refundable by this id.</summary>
    public string? ChargeId { get; init; }

    /// <summary>On creation what was set aside where; at the end what went back where.</summary>
    public required IReadOnlyList<BreakdownLeg> Breakdown { get; init; }

    /// <summary>What could be spent before and after.</summary>
    public required Amount PreviousBalance { get; init; }
    public required Amount NewBalance { get; init; }
    public string? ReferenceId { get; init; }
    public required Timestamp ExpiresAt { get; init; }
    public required Timestamp CreatedAt { get; init; }
}
