using Tallystick.Core.Money;

namespace Tallystick.Core.Pricing;

/// <summary>
/// What is added to the provider's cost: a share of it, and so many dollars for each rated request that used anything.
/// </summary>
/// <param name="Percent">20 adds a fifth.</param>
public sealed record Markup(ExactDecimal Percent, ExactDecimal FixedUsd)
{
    public static readonly Markup None = new(default, default);
}
