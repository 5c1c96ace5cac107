using System.Globalization;
using System.Text;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Pricing;

/// <summary>What a simulation found, for people.</summary>
internal static class WhatIfText
{
    private const int RowsMax = 20;

    public static string Of(WhatIfReport report)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Recorded from {report.From} to {report.To}, in credits:");
        text.AppendLine().Append(Table("", [report.Total with { Name = "all usage" }]));
        text.AppendLine().Append(Table("tier", report.Tiers));
        text.AppendLine().Append(Table("model", report.Models));
        text.AppendLine().AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Charged by amount, without a usage that a price could change, and in none of the rows: "
            + $"{report.ByAmount.InFact.Revenue} by {report.ByAmount.Events:N0}."));
        if (report.ByAmount.RefusedEvents > 0)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{report.ByAmount.RefusedEvents:N0} of them, {report.ByAmount.RefusedAmount}, would have been refused."
            );
        if (report.LeftOut > 0)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{report.LeftOut:N0} other changes were about something that would not have come about.");
        return text.Append(RunOuts(report)).ToString();
    }

    private static TextTable Table(string head, IReadOnlyList<WhatIfRow> rows)
    {
        var table = new TextTable(
            head, "events", "revenue", "what if", "provider", "what if", "margin", "what if", "refused", "unpriced");
        foreach (var row in rows)
            table.Add(
                row.Name is { Length: > 0 } name ? name : "-", Count(row.Events), row.InFact.Revenue,
                row.WhatIf.Revenue, row.InFact.ProviderCost, row.WhatIf.ProviderCost, row.InFact.Margin,
                row.WhatIf.Margin, Count(row.RefusedEvents), Count(row.UnpricedEvents));
        return table;
    }

    private static string RunOuts(WhatIfReport report)
    {
        if (report.RanOut.Count == 0)
            return string.Create(
                CultureInfo.InvariantCulture, $"None of the {report.Accounts:N0} accounts would have run out.\n");
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{report.RanOut.Count:N0} of {report.Accounts:N0} accounts would have run out, the first of them:");
        var table = new TextTable("account", "tier", "at", "by", "refused");
        foreach (var one in report.RanOut.Take(RowsMax))
            table.Add(one.AccountId, one.Tier.Length > 0 ? one.Tier : "-", one.At, one.Reason, Count(one.Refused));
        return text.Append(table).ToString();
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
