using System.Collections.Immutable;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;
using Tallystick.Gateway.Pricing;

namespace Tallystick.Gateway.Calls;

/// <summary>The routes that a call may take, and what must be held for them.</summary>
/// <param name="Prices">Those of when the call came.</param>
/// <param name="OutputTokens">A bound to be set for each answer, lower than the one asked for; null: none.</param>
internal sealed record CallPlan(ImmutableArray<PricedRoute> Routes, CallPrices Prices, long? OutputTokens = null)
{
    /// <summary>The dearest of the routes: whichever answers, it is covered.</summary>
    public CreditAmount Amount => Routes.Aggregate(
        default(CreditAmount), (most, route) => CreditAmount.Max(most, AmountOf(route, room: null)));

    /// <summary>What is held instead where the account's free tier takes over a part; null where it does not.</summary>
    public FreeOffer? Offer
    {
        get
        {
            var free = Routes.Where(route => route.Room is not null).ToList();
            if (free.Count == 0) return null;
            var amount = Routes.Aggregate(
                default(CreditAmount), (most, route) => CreditAmount.Max(most, AmountOf(route, route.Room)));
            var tokens = free.Max(route => route.FreeUse(BoundOf(route)).Tokens);
            return amount < Amount ? new(amount, new(free[0].Route.Model, new(Requests: 1, tokens))) : null;
        }
    }

    public PricedRoute First => Routes[0];

    private long BoundOf(PricedRoute route) => Math.Min(OutputTokens ?? long.MaxValue, route.OutputTokensMax);

    private CreditAmount AmountOf(PricedRoute route, FreeRoom? room)
    {
        route.Bound(BoundOf(route), room, out var amount);
        return amount;
    }
}
