using System.Globalization;
using System.Text.Json;
using Tallystick.Core.Money;
using Tallystick.Server.Import.Books;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Import.Runs;

/// <summary>For people: the accounts that do not reconcile, then the totals.</summary>
internal sealed class TextReport(TextWriter output) : IImportReport
{
    private const int AccountsShown = 100;
    private int _shown;

    public void Tell(ImportOutcome outcome)
    {
        if (outcome.Reconciles || ++_shown > AccountsShown) return;
        Line($"{outcome.AccountId} ({Word(outcome.Status)}): {outcome.OldBalance} there, {outcome.NewBalance} here");
        foreach (var finding in outcome.Findings) Tell(finding);
    }

    public void End(ImportTotals totals, IReadOnlyList<Finding> strays, bool isDryRun)
    {
        if (_shown > AccountsShown) Line($"… and {_shown - AccountsShown:N0} accounts more: --json tells of all.");
        foreach (var stray in strays) Tell(stray);
        if (_shown + strays.Count > 0) output.WriteLine();
        var table = new TextTable("Accounts", "count", "balance there", "available here", "difference");
        foreach (var (status, sums) in totals.ByStatus)
            table.Add(
                Word(status), Number(sums.Accounts), sums.Old.ToString(), sums.New.ToString(),
                (sums.New - sums.Old).ToString());
        output.Write(table);
        output.WriteLine();
        Line($"{totals.Rows:N0} rows of history, {totals.NewRows:N0} of them new.");
        Line($"{totals.Refundable:N0} charges among them can be refunded.");
        if (totals.Holds > 0) Line($"{totals.Holds:N0} jobs are under way, and hold {totals.Held}.");
        if (totals.Licenses > 0) Line($"{totals.Licenses:N0} licences lead to their accounts.");
        foreach (var (kind, (count, amount)) in totals.ByKind)
            Line($"{new Finding(kind, "").Word}: {count:N0}{(amount.IsZero ? "" : $", {amount} in all")}");
        if (isDryRun) Line($"A dry run: nothing was written.");
        output.WriteLine(totals.Reconciles
            ? "Everything reconciles."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{totals.Unreconciled:N0} of {totals.Accounts:N0} accounts do not reconcile."));
    }

    private void Tell(Finding finding) => Line(
        $"  {finding.Word}{(finding.Amount is { } amount ? $" {amount}" : "")}: {finding.Text}");

    private void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    private static string Word(ImportStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());
    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
