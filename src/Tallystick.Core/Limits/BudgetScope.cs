namespace Tallystick.Core.Limits;

/// <summary>What a budget is about.</summary>
/// <param name="Value">The id of the key, the name of the member, the model …; empty for the account.</param>
public readonly record struct BudgetScope(BudgetScopeKind Kind, string Value);
