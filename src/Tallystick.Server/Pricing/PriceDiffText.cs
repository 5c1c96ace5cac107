using System.Globalization;
using System.Text;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Pricing;

/// <summary>What a table of prices would change, for people.</summary>
internal static class PriceDiffText
{
    public static string Of(ImportPricesResponse diff, string table)
    {
        var text = new StringBuilder();
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{table}: {diff.Added.Count:N0} added, {diff.Changed.Count:N0} changed, {diff.Ended.Count:N0} ended, "
            + $"{diff.Unchanged:N0} the same, {diff.LeftOut.Count:N0} not taken"));
        if (diff.Changed.Count > 0) text.AppendLine().AppendLine("Changed").Append(Changes(diff.Changed));
        List(text, "Added", diff.Added);
        List(text, "Ended: not in the table any more; an import leaves them", diff.Ended);
        List(
            text, "Not taken",
            diff.LeftOut.Select(
                left => $"{left.Entry}{(left.Member is { } member ? " " + member : "")}: {left.Reason}"));
        return text.ToString();
    }

    /// <summary>Each price, and under it what differs.</summary>
    private static string Changes(IReadOnlyList<PriceChangeResponse> changes)
    {
        var rows = new TextTable("price", "before", "after", "change");
        foreach (var change in changes)
        {
            rows.Add(change.Price, "", "", "");
            foreach (var rate in change.Rates)
                rows.Add("  " + rate.Rate, Text(rate.Before), Text(rate.After), Percent(rate));
            foreach (var added in change.NamesAdded) rows.Add("  name " + added, "", "", "new");
            foreach (var removed in change.NamesRemoved) rows.Add("  name " + removed, "", "", "gone");
        }
        return rows.ToString();
    }

    private static void List(StringBuilder text, string head, IEnumerable<string> lines)
    {
        var first = true;
        foreach (var line in lines)
        {
            if (first) text.AppendLine().AppendLine(head);
            first = false;
            text.Append("  ").AppendLine(line);
        }
    }

    private static string Text(ExactNumber? number) => number?.Text ?? "-";

    private static string Percent(RateChangeResponse rate) => rate.Percent?.Text switch
    {
        null => rate.Before is null ? "new" : rate.After is null ? "gone" : "",
        var fall when fall.StartsWith('-') => fall + " %",
        var rise => "+" + rise + " %",
    };
}
