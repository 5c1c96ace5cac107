using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Budgets;

/// <summary>A budget, and what is left of it now.</summary>
public sealed record BudgetResponse
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }
    public required BudgetScope Scope { get; init; }
    public required Amount Limit { get; init; }
    public required string Period { get; init; }

    /// <summary>Charged and captured in the present period, less what was refunded of it.</summary>
    public required Amount Spent { get; init; }

    /// <summary>The open amounts of open holds that count in it.</summary>
    public required Amount Held { get; init; }

    /// <summary>What it still lets pass; never negative.</summary>
    public required Amount Available { get; init; }

    /// <summary>When the present period ends; null for <c>total</c>, and before the first charge of a period.</summary>
    public Timestamp? ResetsAt { get; init; }
}
