using Tallystick.Core.Money;
using Tallystick.Server.Import.Books;

namespace Tallystick.Server.Import.Runs;

/// <summary>What came of one account, with both balances.</summary>
internal sealed record ImportOutcome(string SourceId, string AccountId, ImportStatus Status)
{
    /// <summary>What the other system says that it can spend, and what it can spend here.</summary>
    public CreditAmount OldBalance { get; init; }
    public CreditAmount NewBalance { get; init; }

    /// <summary>Set aside here for jobs that are under way there.</summary>
    public CreditAmount Held { get; init; }
    public IReadOnlyList<MovedJob> Jobs { get; init; } = [];

    /// <summary>Rows of its history, what they sum to, and how many of them came now.</summary>
    public int Rows { get; init; }
    public CreditAmount Sum { get; init; }
    public int NewRows { get; init; }

    /// <summary>Charges of the history whose credits can still be given back.</summary>
    public int Refundable { get; init; }
    public bool HasLicense { get; init; }
    public IReadOnlyList<Finding> Findings { get; init; } = [];
    public bool Reconciles => !Findings.Any(finding => finding.IsDifference);
}
