using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;

namespace Tallystick.Core.Explanations;

/// <summary>One grant's part in an entry.</summary>
public sealed record GrantStep
{
    public required ThingNumber Grant { get; init; }
    public required string Bucket { get; init; }
    public required GrantKind Kind { get; init; }
    public required int Priority { get; init; }
    public Instant? ExpiresAt { get; init; }

    /// <summary>
    /// From 1, among the grants that had anything pending, remaining or held before; null for the others.
    /// </summary>
    public int? Position { get; init; }

    /// <summary>All that moved on this grant; zero where it was passed over.</summary>
    public required CreditAmount Amount { get; init; }
    public required CreditAmount RemainingBefore { get; init; }
    public required CreditAmount RemainingAfter { get; init; }
    public required CreditAmount HeldBefore { get; init; }
    public required CreditAmount HeldAfter { get; init; }

    /// <summary>What moved, or why nothing did; and what put it before the next one in burn order.</summary>
    public required string Why { get; init; }
    public bool IsTouched => Amount.IsPositive;
}
