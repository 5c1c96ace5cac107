using System.Numerics;
using Tallystick.Core.Money;

namespace Tallystick.Core.Pricing;

/// <summary>One figure of a price, before and after.</summary>
/// <param name="Rate">
/// <c>input</c>, <c>above_200000.input</c> (<c>from_…</c> where the tier begins with its threshold),
/// <c>batch.output</c>, <c>batch.factor</c>, <c>windows.1.input</c>, <c>regions.eu</c>, <c>markup.percent</c>.
/// </param>
/// <param name="Before">Null where there was none.</param>
/// <param name="After">Null where there is none any more.</param>
public sealed record RateChange(string Rate, ExactDecimal? Before, ExactDecimal? After)
{
    private const int PercentDecimals = 2;

    /// <summary>
    /// By how much it rose or fell, of a hundred, to two decimals; null where there is nothing to compare with.
    /// </summary>
    public ExactDecimal? Percent
    {
        get
        {
            if (Before is not { IsPositive: true } before || After is not { } after) return null;
            var scale = Math.Max(before.Scale, after.Scale);
            var (old, difference) = (before.ShiftRight(-scale).Digits, (after - before).ShiftRight(-scale).Digits);
            // Half a unit away from zero: twice the quotient plus one, halved.
            var twice = 2 * BigInteger.Abs(difference) * BigInteger.Pow(10, 2 + PercentDecimals) + old;
            var rounded = BigInteger.Divide(twice, 2 * old);
            return ExactDecimal.From(difference.Sign * rounded, PercentDecimals);
        }
    }

    /// <summary>All figures that differ, in the order of the price.</summary>
    public static IEnumerable<RateChange> Between(Price before, Price after)
    {
        var (old, young) = (Figures(before), Figures(after));
        foreach (var (name, figure) in old)
            if (!young.TryGetValue(name, out var now)) yield return new(name, figure, null);
            else if (now != figure) yield return new(name, figure, now);
        foreach (var (name, figure) in young)
            if (!old.ContainsKey(name)) yield return new(name, null, figure);
    }

    private static OrderedDictionary<string, ExactDecimal> Figures(Price price)
    {
        var figures = new OrderedDictionary<string, ExactDecimal>(StringComparer.Ordinal);
        Add(figures, "", price.Standard);
        foreach (var mode in price.Modes)
        {
            var name = mode.Mode.ToString().ToLowerInvariant();
            Add(figures, name + ".", mode.Card);
            figures[name + ".factor"] = mode.Factor;
        }
        foreach (var (i, window) in price.Windows.Index()) Add(figures, $"windows.{i + 1}.", window.Rates);
        foreach (var region in price.Regions) figures["regions." + region.Name] = region.Value;
        if (price.Markup is not { } markup) return figures;
        figures["markup.percent"] = markup.Percent;
        figures["markup.fixed"] = markup.FixedUsd;
        return figures;
    }

    private static void Add(OrderedDictionary<string, ExactDecimal> figures, string prefix, RateCard card)
    {
        Add(figures, prefix, card.Rates);
        foreach (var tier in card.Tiers)
            Add(figures, $"{prefix}{(tier.Inclusive ? "from" : "above")}_{tier.Threshold}.", tier.Rates);
    }

    private static void Add(OrderedDictionary<string, ExactDecimal> figures, string prefix, RateTable rates)
    {
        foreach (var rate in rates.All) figures[prefix + rate.Unit.Name] = rate.Rate;
    }
}
