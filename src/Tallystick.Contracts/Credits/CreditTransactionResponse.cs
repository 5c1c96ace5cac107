using System.Text.Json;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Credits;

/// <summary>An entry that changed the balance, as its account's holder sees it.</summary>
public sealed record CreditTransactionResponse
{
    public required string Id { get; init; }

    /// <summary>The account's id.</summary>
    public required string UserId { get; init; }

    /// <summary>What it did to the balance; below zero where it took.</summary>
    public required Amount Amount { get; init; }
    public required Amount BalanceAfter { get; init; }

    /// <summary>A grant's kind (<c>purchase</c>, <c>allowance</c> …), or what else happened.</summary>
    public required string TransactionType { get; init; }

    /// <summary>The usage's service, or provider where it names none.</summary>
    public string? Service { get; init; }
    public string? Model { get; init; }
    public CreditCost? CostBreakdown { get; init; }
    public required JsonElement Metadata { get; init; }
    public required Timestamp CreatedAt { get; init; }
}
