using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Generations;

/// <summary>A model call, and what it came to.</summary>
public sealed record GenerationResponse
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }

    /// <summary><c>running</c>, <c>completed</c>, <c>failed</c>, <c>canceled</c> or <c>expired</c>.</summary>
    public required string Status { get; init; }
    public required string Model { get; init; }

    /// <summary>The answer; null until it is completed, and where it is no longer kept.</summary>
    public string? Text { get; init; }

    /// <summary>What was set aside when the call began.</summary>
    public required Amount CreditsHeld { get; init; }

    /// <summary>What it cost; 0 unless it is completed.</summary>
    public required Amount CreditsCharged { get; init; }
    public long? InputTokens { get; init; }
    public long? OutputTokens { get; init; }

    /// <summary>The provider did not say what was used: the documented estimate was charged.</summary>
    public required bool Estimated { get; init; }
    public required string HoldId { get; init; }
    public string? ChargeId { get; init; }
    public string? TransactionId { get; init; }
    public Amount? BalanceAfter { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }
    public required Timestamp CreatedAt { get; init; }
    public Timestamp? EndedAt { get; init; }
}
