namespace Tallystick.Contracts.Rerating;

/// <summary>What was corrected, or with <c>dry_run</c> would be, of the accounts of this page.</summary>
public sealed record RerateResponse
{
    public required bool DryRun { get; init; }

    /// <summary>Accounts that were looked at.</summary>
    public required int AccountsExamined { get; init; }
    public required RerateFigures Totals { get; init; }

    /// <summary>Those of which anything changes, the most touched first; at most 100.</summary>
    public required IReadOnlyList<AccountRerate> Accounts { get; init; }

    /// <summary>The first 100 charges that cannot be priced again, and how many they are.</summary>
    public required IReadOnlyList<RerateRefusal> Refused { get; init; }
    public required long RefusedCount { get; init; }
    public required bool HasMore { get; init; }
    public required string? NextCursor { get; init; }
}
