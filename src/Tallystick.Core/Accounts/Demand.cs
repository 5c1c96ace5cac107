using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Accounts;

/// <summary>What a command asks for: an amount, or what a usage costs, which is priced only once.</summary>
/// <param name="Priced">Where it was priced before, by an entry that is decided again.</param>
public readonly record struct Demand(CreditAmount Amount, MeteredUsage? Usage = null, PricedUsage? Priced = null)
{
    /// <summary>True where it cannot be decided without the project's prices.</summary>
    public bool NeedsPrices => Usage is not null && Priced is null;

    public static Demand Of(CreditAmount amount) => new(amount);
    public static Demand Of(MeteredUsage usage) => new(default, usage);

    /// <summary>What an entry has asked for; where it was priced, the price is the amount.</summary>
    public static Demand Of(CreditAmount amount, PricedUsage? priced) =>
        new(priced?.Cost.Total ?? amount, priced?.Usage, priced);

    /// <summary>Where it was priced before, only what the free tier takes over of it is decided again.</summary>
    /// <param name="at">The instant whose prices stand.</param>
    /// <param name="tier">Of the account's, and what its free tier has left for this.</param>
    internal Rejection? Price(PriceBook prices, Instant at, TierRates tier, out Demand priced)
    {
        priced = this;
        if (Usage is null) return null;
        if (Priced is not null) priced = this with { Priced = Priced.Divided(tier.Free) };
        else
        {
            if (prices.Rate(Usage, at, tier, out var rated) is { } rejection) return rejection;
            priced = this with { Amount = rated.Cost.Total, Priced = rated };
        }
        return null;
    }

    /// <summary>
    /// Too little is available; where a usage was priced, how much output beside the rest is not too much.
    /// </summary>
    internal Rejection.InsufficientCredits Beyond(CreditAmount affordable, PriceBook prices, TierRates tier) =>
        new(Amount, affordable)
        {
            AffordableMaxTokens = AffordableOutput(affordable, prices, tier),
        };

    /// <summary>
    /// How many output tokens a balance is good for, beside the rest of the usage; null: no end, or no usage.
    /// </summary>
    internal long? AffordableOutput(CreditAmount balance, PriceBook prices, TierRates tier) =>
        Priced is null ? null : prices.AffordableOutput(Priced, tier, balance);
}
