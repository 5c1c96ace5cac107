using Tallystick.Core.Money;

namespace Tallystick.Server.Import.Books;

/// <summary>
/// Holds an account's stored balance against its own history, and says by which of the known failures they differ: a
/// change without a row (the account and its row were written apart), a lost update (two changes began from the same
/// balance), one thing charged twice.
/// </summary>
internal static class BookCheck
{
    public static IEnumerable<Finding> Of(SourceAccount account)
    {
        if (!account.HasLedger) return [];
        var rows = account.History.Where(one => !one.IsBeside).ToList();
        return [.. Sum(account, rows), .. Chain(account, rows), .. Doubles(rows)];
    }

    private static IEnumerable<Finding> Sum(SourceAccount account, List<SourceEntry> rows)
    {
        var sum = rows.Aggregate(default(CreditAmount), (total, one) => total + one.Row.Amount);
        if (sum == account.Stated) yield break;
        var begins = rows.Count > 0 && StartOf(rows[0]) is { IsZero: false } start
            ? $"; its first row begins at {start}" : "";
        yield return new(
            FindingKind.SumIsNotTheBalance,
            $"{rows.Count} rows sum to {sum}, the stored balance is {account.Stated}{begins}", account.Stated - sum);
    }

    /// <summary>Each row must begin where the one before ended, and the last end at the balance.</summary>
    private static IEnumerable<Finding> Chain(SourceAccount account, List<SourceEntry> rows)
    {
        CreditAmount? end = null;
        SourceEntry? before = null;
        foreach (var one in rows)
        {
            var start = StartOf(one);
            if (start is { } begins && end is { } ended && begins != ended)
                yield return before is not null && StartOf(before) == begins
                    ? new(
                        FindingKind.LostUpdate,
                        $"rows {before.Row.RowId} and {one.Row.RowId} both begin at {begins}: the second lost what the "
                        + "first did (a race of two updates)", begins - ended)
                    : new(
                        FindingKind.UnrecordedChange,
                        $"the balance went from {ended} to {begins} before row {one.Row.RowId}, and no row says why",
                        begins - ended);
            end = one.Row.Left ?? end + one.Row.Amount;
            before = one;
        }
        if (end is { } last && last != account.Stated)
            yield return new(
                FindingKind.UnrecordedChange,
                $"the last row leaves {last}, the stored balance is {account.Stated}: a change whose row was never "
                + "written, or a row whose change was not", account.Stated - last);
    }

    private static IEnumerable<Finding> Doubles(List<SourceEntry> rows) =>
        from one in rows
        where one.ChargeKey is not null && one.Row.IsCharge
        group one by (one.ChargeKey, one.Row.Amount) into same
        let back = rows.Count(row => row.ChargeKey == same.Key.ChargeKey && row.Row.Amount.IsPositive)
        let extra = same.Count() - 1 - back
        where extra > 0
        select new Finding(
            FindingKind.DoubleDeduction,
            $"{same.Key.ChargeKey} was charged {same.Count()} times: rows "
            + string.Join(", ", same.Select(row => row.Row.RowId)), -same.Key.Amount * extra);

    private static CreditAmount? StartOf(SourceEntry one) => one.Row.Left - one.Row.Amount;
}
