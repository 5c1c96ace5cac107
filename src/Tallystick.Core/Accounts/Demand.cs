using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
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

    /// <param name="at">The instant whose prices stand.</param>
    internal Rejection? Price(Membership? membership, Envelope envelope, Instant at, out Demand priced)
    {
        priced = this;
        if (!NeedsPrices) return null;
        var factor = FactorOf(membership, envelope.Terms, at);
        if (envelope.Prices.Rate(Usage!, at, factor, out var rated) is { } rejection) return rejection;
        priced = this with { Amount = rated.Cost.Total, Priced = rated };
        return null;
    }

    /// <summary>
    /// Too little is available; where a usage was priced, how much output beside the rest is not too much.
    /// </summary>
    internal Rejection.InsufficientCredits Beyond(CreditAmount affordable, Membership? membership, Envelope envelope) =>
        new(Amount, affordable)
        {
            AffordableMaxTokens = AffordableOutput(affordable, membership, envelope),
        };

    /// <summary>
    /// How many output tokens a balance is good for, beside the rest of the usage; null: no end, or no usage.
    /// </summary>
    public long? AffordableOutput(CreditAmount balance, Membership? membership, Envelope envelope) =>
        Priced is null ? null
        : envelope.Prices.AffordableOutput(Priced, FactorOf(membership, envelope.Terms, Priced.At), balance);

    /// <summary>
    /// By which the account's tier multiplies prices; the tier is the present one, its terms of the instant.
    /// </summary>
    public static ExactDecimal FactorOf(Membership? membership, ProjectTerms terms, Instant at) =>
        membership is not null && terms.Tiers.Find(membership.Tier, at) is { } tier
            ? tier.Factor
            : ExactDecimal.One;
}
