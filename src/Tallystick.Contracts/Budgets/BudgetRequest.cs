using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Budgets;

/// <summary>Body of <c>PUT /api/v1/budgets/{id}</c>.</summary>
public sealed record BudgetRequest
{
    public required string AccountId { get; init; }

    /// <summary>Default: all spending of the account.</summary>
    public BudgetScope? Scope { get; init; }

    /// <summary>What may be spent in a period; 0 is allowed.</summary>
    public required Amount Limit { get; init; }

    /// <summary><c>day</c>, <c>week</c>, <c>month</c> (default), in the account's time zone, or <c>total</c>.</summary>
    public string? Period { get; init; }
}
