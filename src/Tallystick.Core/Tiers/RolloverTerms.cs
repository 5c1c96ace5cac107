using Tallystick.Core.Money;

namespace Tallystick.Core.Tiers;

/// <summary>How much of an allowance that is left at a period's end lives on.</summary>
/// <param name="ShareMillionths">Of each grant, rounded down; 0 to 1,000,000.</param>
/// <param name="MaxAmount">Of all grants together; null for no bound.</param>
/// <param name="MaxPeriods">How many further periods the same credits may live, at least 1 for any rollover.</param>
public sealed record RolloverTerms(long ShareMillionths, CreditAmount? MaxAmount, int MaxPeriods)
{
    public const long WholeShare = 1_000_000;
    public static readonly RolloverTerms None = new(0, null, 0);

    public CreditAmount Of(CreditAmount remaining) =>
        new((long)((Int128)remaining.Micros * ShareMillionths / WholeShare));
}
