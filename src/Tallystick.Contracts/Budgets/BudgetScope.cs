namespace Tallystick.Contracts.Budgets;

/// <summary>
/// Whose or what spending a budget is about: one of these, or none for all of the account's. Member, team and tags are
/// told by the members <c>member</c>, <c>team</c> and <c>tags</c> of a charge's or hold's metadata.
/// </summary>
public sealed record BudgetScope
{
    /// <summary>The id of an API key.</summary>
    public string? Key { get; init; }

    /// <summary>The id of a licence.</summary>
    public string? License { get; init; }
    public string? Member { get; init; }
    public string? Team { get; init; }
    public string? Tag { get; init; }
    public string? Model { get; init; }
    public string? Service { get; init; }
}
