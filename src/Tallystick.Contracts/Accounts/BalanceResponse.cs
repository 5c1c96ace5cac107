using Tallystick.Contracts.Json;
using Tallystick.Contracts.Tiers;

namespace Tallystick.Contracts.Accounts;

/// <summary>
/// What an account has. <c>available</c> = Σ remaining − debt − reserved overdraft; <c>balance</c> = available + held.
/// </summary>
public sealed record BalanceResponse
{
    public required string AccountId { get; init; }
    public required string Status { get; init; }
    public required Amount Balance { get; init; }
    public required Amount Held { get; init; }

    /// <summary>May be negative: then something is owed.</summary>
    public required Amount Available { get; init; }
    public required Amount Debt { get; init; }
    public required Amount OverdraftLimit { get; init; }
    public string? Tier { get; init; }

    /// <summary>What the present period's allowances came to.</summary>
    public required Amount AllocatedMonthly { get; init; }

    /// <summary>What the usage inside the free tier would have cost in the present period.</summary>
    public required Amount FreeTierUsed { get; init; }

    /// <summary>What of the free tier was used and is left; null where the tier has none.</summary>
    public FreeTierUse? FreeTier { get; init; }

    /// <summary>When the present period began; null where the account has no tier.</summary>
    public Timestamp? ResetDate { get; init; }

    /// <summary>When it ends, and the next allowance comes.</summary>
    public Timestamp? NextResetAt { get; init; }
    public required IReadOnlyList<BucketBalance> Buckets { get; init; }
    public required IReadOnlyList<GrantBalance> Grants { get; init; }

    /// <summary>The next credits to expire; null if none will.</summary>
    public ExpiringNext? ExpiringNext { get; init; }
    public required Timestamp AsOf { get; init; }
}
