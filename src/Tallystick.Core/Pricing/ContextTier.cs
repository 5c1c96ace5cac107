using Tallystick.Core.Money;

namespace Tallystick.Core.Pricing;

/// <summary>
/// Rates for a request with much input. The whole request moves, its output too; it is not graduated.
/// </summary>
/// <param name="Threshold">Input tokens, in all.</param>
/// <param name="Inclusive">True: from the threshold on. False: above it.</param>
/// <param name="Rates">A unit that is not here keeps the rate of the next lower tier, or the base rate.</param>
public sealed record ContextTier(long Threshold, bool Inclusive, RateTable Rates)
{
    public bool IsReachedBy(ExactDecimal inputTokens)
    {
        var threshold = ExactDecimal.From(Threshold);
        return Inclusive ? inputTokens >= threshold : inputTokens > threshold;
    }
}
