using Tallystick.Core.Pricing;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Models;
using Tallystick.Gateway.Upstreams;

namespace Tallystick.Gateway.Pricing;

/// <summary>The prices that stand for a call: those of when it came, for the account that it is for.</summary>
/// <param name="tierOf">What the account's tier makes of the prices of a model.</param>
internal sealed class CallPrices(PriceBook book, Instant at, Func<string, TierRates> tierOf)
{
    public bool Has(string provider, string model) => Find(provider, model) is not null;

    /// <summary>The models of a provider that have a price under their own name.</summary>
    public IEnumerable<string> ModelsOf(string provider) =>
        from price in book.InEffect(at)
        where price.Selector.Provider == provider
        from model in price.Selector.Models
        where model.IsExact
        select model.Text;

    /// <summary>A route with its price and what the call can come to on it; null without a price.</summary>
    /// <param name="history">How long answers have been of late; null where that is not to bound them.</param>
    public PricedRoute? Price(ModelRoute route, ModelCall call, long? history)
    {
        var named = Named(route.Upstream.Provider, route.Model);
        if (book.Find(named, at, out var price) is not null) return null;
        var (limits, tier) = (ModelLimits.Of(route), tierOf(route.Model));
        var input = call.Size.TokensMax(limits.ImageTokens);
        var priced = new PricedRoute(route, call, price, book.SettingsAt(at).TermsFor(named, price, tier.Factor), at)
        {
            Room = tier.Free,
            InputTokensMax = call.IsBounded ? input : Math.Max(input, limits.ContextTokens),
            OutputTokensMax = !call.HasOutput ? 0 : Math.Min(
                call.OutputTokensMax ?? history ?? limits.OutputTokens,
                call.OutputTokensMax is null ? limits.OutputTokens : long.MaxValue),
        };
        return priced.Bound(priced.OutputTokensMax, room: null, out _) is null ? priced : null;
    }

    /// <summary>The price of another model of the same provider that took part; null if it has none.</summary>
    public (Price Price, PriceTerms Terms)? Find(string provider, string model)
    {
        var named = Named(provider, model);
        return book.Find(named, at, out var price) is null
            ? (price, book.SettingsAt(at).TermsFor(named, price, tierOf(model).Factor))
            : null;
    }

    /// <summary>What the account's free tier had left for a model when the call came; null: nothing is free.</summary>
    public FreeRoom? RoomOf(string model) => tierOf(model).Free;

    private static MeteredUsage Named(string provider, string model) => new() { Provider = provider, Model = model };
}
