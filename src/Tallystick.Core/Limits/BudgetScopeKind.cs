namespace Tallystick.Core.Limits;

/// <summary>Whose or what spending a budget is about. The numbers are stored.</summary>
public enum BudgetScopeKind
{
    /// <summary>All of the account's.</summary>
    Account = 1,
    Key,
    License,
    Member,
    Team,
    Tag,
    Model,
    Service,
}
