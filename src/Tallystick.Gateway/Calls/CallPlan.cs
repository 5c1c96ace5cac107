using System.Collections.Immutable;
using Tallystick.Core.Money;
using Tallystick.Gateway.Pricing;

namespace Tallystick.Gateway.Calls;

/// <summary>The routes that a call may take, and what must be held for them.</summary>
/// <param name="Prices">Those of when the call came.</param>
/// <param name="OutputTokens">A bound to be set for each answer, lower than the one asked for; null: none.</param>
internal sealed record CallPlan(ImmutableArray<PricedRoute> Routes, CallPrices Prices, long? OutputTokens = null)
{
    /// <summary>The dearest of the routes: whichever answers, it is covered.</summary>
    public CreditAmount Amount => Routes.Aggregate(
        default(CreditAmount), (most, route) => CreditAmount.Max(most, AmountOf(route)));

    public PricedRoute First => Routes[0];

    private CreditAmount AmountOf(PricedRoute route)
    {
        route.Bound(Math.Min(OutputTokens ?? long.MaxValue, route.OutputTokensMax), out var amount);
        return amount;
    }
}
