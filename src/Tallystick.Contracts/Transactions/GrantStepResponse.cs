using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Transactions;

/// <summary>One grant in an explanation.</summary>
public sealed record GrantStepResponse
{
    public required string GrantId { get; init; }
    public required string Bucket { get; init; }
    public required string Kind { get; init; }
    public required int Priority { get; init; }
    public Timestamp? ExpiresAt { get; init; }

    /// <summary>
    /// Its place in the burn order before the entry, from 1; null where it was not among the open grants.
    /// </summary>
    public int? Position { get; init; }

    /// <summary>What moved; 0 where it was passed over.</summary>
    public required Amount Amount { get; init; }
    public required Amount RemainingBefore { get; init; }
    public required Amount RemainingAfter { get; init; }
    public required Amount HeldBefore { get; init; }
    public required Amount HeldAfter { get; init; }

    /// <summary>Why it was taken from, given to, or passed over.</summary>
    public required string Why { get; init; }
}
