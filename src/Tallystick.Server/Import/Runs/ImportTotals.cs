using Tallystick.Core.Money;
using Tallystick.Server.Import.Books;

namespace Tallystick.Server.Import.Runs;

/// <summary>What an import came to in all.</summary>
internal sealed class ImportTotals
{
    private readonly SortedDictionary<ImportStatus, (int Accounts, CreditAmount Old, CreditAmount New)> _byStatus = [];
    private readonly SortedDictionary<FindingKind, (int Count, CreditAmount Amount)> _byKind = [];

    public IReadOnlyDictionary<ImportStatus, (int Accounts, CreditAmount Old, CreditAmount New)> ByStatus => _byStatus;
    public IReadOnlyDictionary<FindingKind, (int Count, CreditAmount Amount)> ByKind => _byKind;
    public int Accounts => _byStatus.Values.Sum(status => status.Accounts);
    public int Unreconciled { get; private set; }
    public long Rows { get; private set; }
    public long NewRows { get; private set; }
    public long Refundable { get; private set; }
    public int Holds { get; private set; }
    public CreditAmount Held { get; private set; }
    public int Licenses { get; private set; }

    /// <summary>Everything came over, and everything adds up.</summary>
    public bool Reconciles => Unreconciled == 0 && !_byKind.Keys.Any(kind => new Finding(kind, "").IsDifference);

    public void Add(ImportOutcome outcome)
    {
        var (accounts, old, now) = _byStatus.GetValueOrDefault(outcome.Status);
        _byStatus[outcome.Status] = (accounts + 1, old + outcome.OldBalance, now + outcome.NewBalance);
        if (!outcome.Reconciles) Unreconciled++;
        (Rows, NewRows, Refundable) =
            (Rows + outcome.Rows, NewRows + outcome.NewRows, Refundable + outcome.Refundable);
        (Holds, Held) = (Holds + outcome.Jobs.Count, Held + outcome.Held);
        if (outcome.HasLicense) Licenses++;
        foreach (var finding in outcome.Findings) Add(finding);
    }

    /// <summary>What concerns no account that there is.</summary>
    public void Add(Finding finding)
    {
        var (count, amount) = _byKind.GetValueOrDefault(finding.Kind);
        _byKind[finding.Kind] = (count + 1, amount + (finding.Amount ?? default));
    }
}
