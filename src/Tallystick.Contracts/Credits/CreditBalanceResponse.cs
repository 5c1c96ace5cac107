using Tallystick.Contracts.Json;
using Tallystick.Contracts.Tiers;

namespace Tallystick.Contracts.Credits;

/// <summary>What the holder of an account has.</summary>
public sealed record CreditBalanceResponse
{
    /// <summary>The account's id.</summary>
    public required string UserId { get; init; }

    /// <summary>What can be spent now; below zero where more is owed.</summary>
    public required Amount Balance { get; init; }

    /// <summary>What the tier gave for the present period.</summary>
    public required Amount AllocatedMonthly { get; init; }

    /// <summary>What is left of promotional and bonus credits.</summary>
    public required Amount BonusCredits { get; init; }

    /// <summary>What the usage inside the free tier would have cost in the present period.</summary>
    public required Amount FreeTierUsed { get; init; }

    /// <summary>What of the free tier was used and is left; null where the tier has none.</summary>
    public FreeTierUse? FreeTier { get; init; }

    /// <summary>When the present period began; null without a tier or cap.</summary>
    public Timestamp? ResetDate { get; init; }
    public required Timestamp LastUpdated { get; init; }
    public string? Tier { get; init; }
    public required Timestamp CreatedAt { get; init; }
}
