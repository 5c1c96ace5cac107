using System.Collections.Immutable;
using Tallystick.Core.Journal;

namespace Tallystick.Core.Limits;

/// <summary>Who spends, for what: what budgets look at.</summary>
public sealed record Spender
{
    public static readonly Spender Unknown = new();

    /// <summary>The id of the API key.</summary>
    public string? Key { get; init; }
    public string? License { get; init; }
    public string? Member { get; init; }
    public string? Team { get; init; }
    public ImmutableArray<string> Tags { get; init; } = [];
    public string? Model { get; init; }
    public string? Service { get; init; }

    /// <summary>
    /// The budgets that it counts in, where they are known already: what an entry says when it is decided again.
    /// </summary>
    public ImmutableArray<ThingNumber>? Budgets { get; init; }

    public bool IsIn(Budget budget)
    {
        if (Budgets is { } known) return known.Contains(budget.Number);
        var value = budget.Terms.Scope.Value;
        return budget.Terms.Scope.Kind switch
        {
            BudgetScopeKind.Account => true,
            BudgetScopeKind.Key => Key == value,
            BudgetScopeKind.License => License == value,
            BudgetScopeKind.Member => Member == value,
            BudgetScopeKind.Team => Team == value,
            BudgetScopeKind.Tag => Tags.Contains(value),
            BudgetScopeKind.Model => Model == value,
            BudgetScopeKind.Service => Service == value,
            _ => false,
        };
    }
}
