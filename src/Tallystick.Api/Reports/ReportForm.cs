using Tallystick.Contracts.Json;
using Tallystick.Contracts.Reports;
using Tallystick.Core.Reports;
using Tallystick.Engine.Reports;

namespace Tallystick.Api.Reports;

/// <summary>Sums as the API shows them.</summary>
internal static class ReportForm
{
    public static UsageFigures Render(Figures sums)
    {
        var cost = sums[Figure.Charged] - sums[Figure.Refunded];
        return new()
        {
            TotalEvents = sums[Figure.Events],
            TotalTokens = TokensOf(sums),
            TotalCost = new(cost),
            ProviderCost = new(sums[Figure.ProviderCost]),
            PlatformMarkup = new(Difference(cost, sums[Figure.ProviderCost])),
            Refunded = new(sums[Figure.Refunded]),
            FreeTierEvents = sums[Figure.FreeEvents],
            PaidTierEvents = sums[Figure.Events] - sums[Figure.FreeEvents],
            InputTokens = sums[Figure.InputTokens],
            OutputTokens = sums[Figure.OutputTokens],
            CacheReadTokens = sums[Figure.CacheReadTokens],
            CacheWriteTokens = sums[Figure.CacheWriteTokens],
            ReasoningTokens = sums[Figure.ReasoningTokens],
        };
    }

    public static ServiceTotals Totals(Figures sums) => new(
        sums[Figure.Events], TokensOf(sums), new(sums[Figure.Charged] - sums[Figure.Refunded]));

    public static IReadOnlyList<DayBalance> Balances(IReadOnlyList<ReportDay> days, long opening)
    {
        var (rows, balance) = (new List<DayBalance>(days.Count), (Int128)opening);
        foreach (var (date, sums) in days)
        {
            balance += sums[Figure.Granted];
            balance += sums[Figure.Returned];
            balance -= sums[Figure.Consumed];
            balance -= sums[Figure.Expired];
            balance -= sums[Figure.Voided];
            rows.Add(new()
            {
                Date = date,
                Granted = new(sums[Figure.Granted]),
                Consumed = new(sums[Figure.Consumed]),
                Returned = new(sums[Figure.Returned]),
                Expired = new(sums[Figure.Expired]),
                Voided = new(sums[Figure.Voided]),
                Balance = new(Bounded(balance)),
            });
        }
        return rows;
    }

    // Sums stay at the greatest number, and so do these.
    private static long TokensOf(Figures sums) =>
        Bounded((Int128)sums[Figure.InputTokens] + sums[Figure.OutputTokens]);

    private static long Difference(long left, long right) => Bounded((Int128)left - right);

    private static long Bounded(Int128 value) => (long)Int128.Clamp(value, -long.MaxValue, long.MaxValue);
}
