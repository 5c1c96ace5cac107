using System.Collections.Immutable;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>What of a usage is inside the free tier of its account.</summary>
/// <param name="Requests">As how many requests it counts.</param>
/// <param name="Quantities">So much of the lines costs nothing, in the order of the lines; none is 0.</param>
/// <param name="Credits">The exact amount by which that lowers the cost.</param>
public sealed record FreeShare(long Requests, ImmutableArray<Quantity> Quantities, ExactDecimal Credits)
{
    /// <summary>What it uses of the free tier.</summary>
    public FreeUse Use => new(
        Requests, (long)Quantities.Where(one => one.Unit.IsTokens).Aggregate(ExactDecimal.Zero, (sum, one) =>
            sum + one.Count).Digits);

    public ExactDecimal? this[Unit unit]
    {
        get
        {
            foreach (var quantity in Quantities)
                if (quantity.Unit == unit) return quantity.Count;
            return null;
        }
    }

    /// <summary>Takes over the same, whatever that comes to.</summary>
    public bool IsOf(FreeShare other) => Requests == other.Requests && Quantities.SequenceEqual(other.Quantities);

    public bool Equals(FreeShare? other) => other is not null && IsOf(other) && Credits == other.Credits;
    public override int GetHashCode() => HashCode.Combine(Requests, Quantities.Length, Credits);

    /// <summary>With what it lowers a cost by: with nothing left to pay, by the fixed part, too.</summary>
    internal FreeShare Priced(PriceTerms terms, ImmutableArray<CostLine> lines)
    {
        var (all, paid) = (Cost.Sum(lines), ExactDecimal.Zero);
        foreach (var line in lines)
            paid += CostLine.Of(
                line.Unit, line.Quantity - this[line.Unit].GetValueOrDefault(), line.Rate, terms.CreditsPerUsd).Credits;
        return this with { Credits = terms.Total(all, isUsed: true) - terms.Total(paid, isUsed: paid.IsPositive) };
    }
}
