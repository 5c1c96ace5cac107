using System.Globalization;
using System.Text;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Rerating;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Pricing;

/// <summary>Adds up the pages of a re-rating, and shows them to people.</summary>
internal sealed class RerateReport
{
    private const int AccountsMax = 20, RefusedMax = 20;

    public RerateResponse Whole { get; private set; } = new()
    {
        DryRun = true, AccountsExamined = 0, Totals = Sum(null, null), Accounts = [], Refused = [], RefusedCount = 0,
        HasMore = false, NextCursor = null,
    };

    public void Add(RerateResponse page) => Whole = new()
    {
        DryRun = page.DryRun,
        AccountsExamined = Whole.AccountsExamined + page.AccountsExamined,
        Totals = Sum(Whole.Totals, page.Totals),
        Accounts =
        [
            .. Whole.Accounts.Concat(page.Accounts).OrderByDescending(Moved)
                .ThenBy(account => account.AccountId, StringComparer.Ordinal).Take(AccountsMax),
        ],
        Refused = [.. Whole.Refused.Concat(page.Refused).Take(RefusedMax)],
        RefusedCount = Whole.RefusedCount + page.RefusedCount,
        HasMore = false,
        NextCursor = null,
    };

    public override string ToString()
    {
        var (text, totals) = (new StringBuilder(), Whole.Totals);
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{totals.Corrected:N0} of {totals.Examined:N0} charges of {Whole.AccountsExamined:N0} accounts "
            + $"{(Whole.DryRun ? "would be" : "were")} corrected: {Words(totals.Charged)} charged further, "
            + $"{Words(totals.Returned)} given back; the providers' part changes by "
            + $"{Words(totals.ProviderCostChange)}."));
        if (totals.AllRefunded > 0)
            text.AppendLine(CultureInfo.InvariantCulture, $"{totals.AllRefunded:N0} had been refunded in full.");
        if (totals.ByAmount > 0)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{totals.ByAmount:N0} had been charged by amount: no price corrects them.");
        if (Whole.Accounts.Count > 0) text.AppendLine().Append(Accounts());
        if (Whole.RefusedCount == 0) return text.ToString();
        text.AppendLine().AppendLine(
            CultureInfo.InvariantCulture, $"{Whole.RefusedCount:N0} cannot be priced again and stay as they are:");
        foreach (var refused in Whole.Refused)
            text.AppendLine(
                CultureInfo.InvariantCulture, $"  {refused.AccountId} {refused.ChargeId}: {refused.Reason}");
        return text.ToString();
    }

    private TextTable Accounts()
    {
        var table = new TextTable("account", "corrected", "charged", "given back", "to providers");
        foreach (var account in Whole.Accounts)
            table.Add(
                account.AccountId, account.Corrected.ToString("N0", CultureInfo.InvariantCulture),
                Words(account.Charged), Words(account.Returned), Words(account.ProviderCostChange));
        return table;
    }

    private static string Words(Amount amount) => new Core.Money.CreditAmount(amount.Micros).ToString();

    private static long Moved(AccountRerate account) => account.Charged.Micros + account.Returned.Micros;

    private static RerateFigures Sum(RerateFigures? left, RerateFigures? right)
    {
        return new()
        {
            Examined = Of(one => one.Examined),
            Corrected = Of(one => one.Corrected),
            Charged = new(Of(one => one.Charged.Micros)),
            Returned = new(Of(one => one.Returned.Micros)),
            ProviderCostChange = new(Of(one => one.ProviderCostChange.Micros)),
            AllRefunded = Of(one => one.AllRefunded),
            ByAmount = Of(one => one.ByAmount),
        };

        long Of(Func<RerateFigures, long> figure) =>
            (left is null ? 0 : figure(left)) + (right is null ? 0 : figure(right));
    }
}
