using System.Collections.Immutable;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Tiers;
using Tallystick.Core.Usage;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Dialects.Usage;

namespace Tallystick.Gateway.Pricing;

/// <summary>Turns what a response said of its usage into a cost, by the prices of when the call came.</summary>
/// <param name="reserved">What the call's hold has set aside of the free tier: so much is free at least.</param>
internal sealed class CallRating(PricedRoute route, CallPrices prices, FreeUse reserved)
{
    /// <param name="isWhole">The answer came to its end; else its last figures may be behind.</param>
    public CallCost Rate(ResponseMeter meter, bool isWhole)
    {
        var reading = meter.Read();
        var estimated = reading.Doubts != UsageDoubts.None || !isWhole || LacksTokens(reading);
        if (LacksTokens(reading)) return Sum([UsageEstimate.Of(route.Call, meter)], estimated);
        var parts = reading.Parts;
        if (!isWhole) parts = parts.SetItem(parts.Length - 1, UsageEstimate.Grown(parts[^1], meter));
        return Sum(parts, estimated);
    }

    /// <summary>
    /// What is paid by the token needs tokens on both sides; what is paid by the image or second has those.
    /// </summary>
    private bool LacksTokens(UsageReading reading)
    {
        if (reading.Parts.IsEmpty) return true;
        var whole = reading.Parts[0];
        if (whole[Unit.Input] is not null) return route.Call.HasOutput && whole[Unit.Output] is null && !IsInputOnly;
        return !whole.Quantities.Any(
            quantity => !quantity.Unit.IsTokens && TryRate(Named(whole, quantity), out _, out _));
    }

    /// <summary>Embeddings and the like: a price without output rates cannot charge for any.</summary>
    private bool IsInputOnly => route.OutputTokensMax == 0;

    /// <summary>What is left of what the hold has set aside; null for a model that the free tier is not for.</summary>
    private FreeRoom? RoomOf(MeteredUsage part, long tokensUsed)
    {
        var room = part.Model is null || part.Model == route.Route.Model ? route.Room : prices.RoomOf(part.Model);
        return room is { } free && reserved != default
            ? new(reserved.Requests, free.Tokens is null ? null : reserved.Tokens - tokensUsed, free.CoversAll)
            : null;
    }

    private CallCost Sum(ImmutableArray<MeteredUsage> parts, bool estimated)
    {
        var rated = ImmutableArray.CreateBuilder<(MeteredUsage, Cost)>();
        var unpriced = ImmutableArray.CreateBuilder<string>();
        var isTold = !estimated;
        var (sum, free, used) = (ExactDecimal.Zero, ExactDecimal.Zero, new FreeUse());
        foreach (var part in parts)
        {
            // However many models took part, it is one request.
            var room = RoomOf(part, used.Tokens);
            var named = part with { Provider = route.Route.Upstream.Provider, Model = part.Model ?? route.Route.Model };
            if (!TryRate(named, out var cost, out var usage, room))
            {
                usage = WithRates(named, out var without, out var isDivided);
                if (isTold) unpriced.AddRange(without);
                estimated |= !isDivided;
                if (usage.Quantities.IsEmpty || !TryRate(usage, out cost, out usage, room)) continue;
            }
            rated.Add((usage, cost));
            sum += cost.Lines.Aggregate(cost.Markup, (total, line) => total + line.Credits);
            if (cost.Free is not { } share) continue;
            free += share.Credits;
            used = new(Math.Max(used.Requests, share.Requests), used.Tokens + share.Use.Tokens);
        }
        var (full, total) = (Rounded(sum), Rounded(sum - free));
        return new(
            total, used == default ? null : new(used, full - total), rated.ToImmutable(), estimated,
            unpriced.ToImmutable());
    }

    private static CreditAmount Rounded(ExactDecimal credits) =>
        credits.TryRoundUpToMicros(out var rounded) ? rounded : new(long.MaxValue);

    /// <summary>The units that have a rate by themselves, tokens in and tokens out each taken together.</summary>
    /// <param name="isDivided">All tokens with a rate are as they were counted.</param>
    private MeteredUsage WithRates(MeteredUsage usage, out List<string> without, out bool isDivided)
    {
        (without, isDivided) = ([], true);
        var kept = usage with { Quantities = [] };
        foreach (var pool in (Unit[])[Unit.Input, Unit.Output])
        {
            var tokens = usage.Quantities.RemoveAll(quantity => !quantity.Unit.Traits.HasFlag(pool.Traits));
            if (tokens.IsEmpty) continue;
            var counted = kept with { Quantities = kept.Quantities.AddRange(tokens) };
            if (TryRate(counted, out _, out _)) kept = counted;
            else if (usage[pool] is { } count && Undivided(kept, pool, count) is { } whole)
                (kept, isDivided) = (whole, false);
            else without.AddRange(NamesOf(tokens));
        }
        foreach (var quantity in usage.Quantities.RemoveAll(quantity => quantity.Unit.IsTokens))
        {
            if (TryRate(Named(usage, quantity), out _, out _))
                kept = kept with { Quantities = kept.Quantities.Add(quantity) };
            else without.AddRange(NamesOf([quantity]));
        }
        return kept;
    }

    /// <summary>
    /// All tokens in or out at their plain rate; where the price has none, at the dearest of their kinds, as they were
    /// held for. Null where it has no rate for any.
    /// </summary>
    private MeteredUsage? Undivided(MeteredUsage kept, Unit pool, ExactDecimal count)
    {
        if (Of(pool) is { } plain) return plain.Usage;
        return Unit.Tokens
            .Where(kind => kind.IsPartOf(pool) && (kind.Traits & route.Impossible) == TokenTraits.None)
            .Select(Of).OfType<(MeteredUsage Usage, Cost Cost)>()
            .OrderByDescending(one => one.Cost.Total).Select(one => one.Usage).FirstOrDefault();

        (MeteredUsage Usage, Cost Cost)? Of(Unit kind)
        {
            var kinds = Unit.Tokens.Where(unit => unit == kind || kind.IsPartOf(unit));
            var all = kept.Quantities.AddRange(kinds.Select(unit => new Quantity(unit, count)));
            var usage = kept with { Quantities = all };
            return TryRate(usage, out var cost, out _) ? (usage, cost) : null;
        }
    }

    private static IEnumerable<string> NamesOf(IEnumerable<Quantity> used) =>
        used.Where(quantity => !quantity.Count.IsZero).Select(quantity => quantity.Unit.CountName);

    private static MeteredUsage Named(MeteredUsage usage, Quantity quantity) => usage with { Quantities = [quantity] };

    /// <summary>By the model's own price if it has one: a response may be the work of several models.</summary>
    private bool TryRate(MeteredUsage usage, out Cost cost, out MeteredUsage rated, FreeRoom? room = null)
    {
        rated = usage with { Provider = route.Route.Upstream.Provider, Model = usage.Model ?? route.Route.Model };
        var (price, terms) = rated.Model == route.Route.Model
            ? (route.Price, route.Terms)
            : prices.Find(rated.Provider, rated.Model) ?? (route.Price, route.Terms);
        return Rating.Rate(rated, price, terms, route.At, room, out cost) is null;
    }
}
