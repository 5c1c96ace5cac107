using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Budgets;
using Tallystick.Core.Accounts;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using BudgetScope = Tallystick.Contracts.Budgets.BudgetScope;
using CoreScope = Tallystick.Core.Limits.BudgetScope;

namespace Tallystick.Api.Budgets;

/// <summary>A budget's terms, from the API's words and into them.</summary>
internal static class BudgetForm
{
    private const int ValueMax = 200;

    public static BudgetTerms Read(BudgetRequest request) =>
        new(Read(request.Scope ?? new()), request.Limit.ToCredits(), (request.Period ?? "month") switch
        {
            "day" => PeriodRule.Day,
            "week" => PeriodRule.Week,
            "month" => PeriodRule.Calendar,
            "total" => null,
            _ => throw RequestException.Invalid("period", "day, week, month or total"),
        });

    public static BudgetResponse Write(AccountState state, Budget budget, Instant at)
    {
        var (terms, spent) = (budget.Terms, budget.SpentAt(at));
        var held = new CreditAmount(state.Holds
            .Where(hold => hold.Counts.Any(count => count.Budget == budget.Number)).Sum(hold => hold.Left.Micros));
        return new()
        {
            Id = budget.Id,
            AccountId = state.AccountId,
            Scope = Write(terms.Scope),
            Limit = terms.Limit.ToAmount(),
            Period = terms.Period switch
            {
                PeriodRule.Day => "day",
                PeriodRule.Week => "week",
                null => "total",
                _ => "month",
            },
            Spent = spent.ToAmount(),
            Held = held.ToAmount(),
            Available = CreditAmount.Max(default, terms.Limit - spent - held).ToAmount(),
            ResetsAt = terms.Period is null || at >= budget.PeriodEnd ? null : budget.PeriodEnd.ToTimestamp(),
        };
    }

    private static CoreScope Read(BudgetScope scope)
    {
        var named = new (BudgetScopeKind Kind, string? Value)[]
        {
            (BudgetScopeKind.Key, scope.Key), (BudgetScopeKind.License, scope.License),
            (BudgetScopeKind.Member, scope.Member), (BudgetScopeKind.Team, scope.Team),
            (BudgetScopeKind.Tag, scope.Tag),
            (BudgetScopeKind.Model, scope.Model), (BudgetScopeKind.Service, scope.Service),
        }.Where(one => one.Value is not null).ToList();
        if (named.Count > 1) throw RequestException.Invalid("scope", "one member, or none for the whole account");
        if (named.Count == 0) return new(BudgetScopeKind.Account, "");
        if (named[0].Value!.Length == 0) throw RequestException.Invalid("scope", "must not be empty");
        return new(named[0].Kind, FreeText.Check(named[0].Value, "scope", ValueMax)!);
    }

    private static BudgetScope Write(CoreScope scope) => scope.Kind switch
    {
        BudgetScopeKind.Key => new() { Key = scope.Value },
        BudgetScopeKind.License => new() { License = scope.Value },
        BudgetScopeKind.Member => new() { Member = scope.Value },
        BudgetScopeKind.Team => new() { Team = scope.Value },
        BudgetScopeKind.Tag => new() { Tag = scope.Value },
        BudgetScopeKind.Model => new() { Model = scope.Value },
        BudgetScopeKind.Service => new() { Service = scope.Value },
        _ => new(),
    };
}
