using Tallystick.Core;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Dialects.Usage;
using Tallystick.Gateway.Upstreams;

namespace Tallystick.Gateway.Pricing;

/// <summary>A route that a call may take, and the most that it can cost there.</summary>
internal sealed record PricedRoute(ModelRoute Route, ModelCall Call, Price Price, PriceTerms Terms, Instant At)
{
    public required long InputTokensMax { get; init; }

    /// <summary>Of each answer.</summary>
    public required long OutputTokensMax { get; init; }

    /// <summary>What the account's free tier has left for it; null where it has none.</summary>
    public FreeRoom? Room { get; init; }

    /// <summary>
    /// What no answer within the bound can exceed: all modalities at their dearest, in the dearest tier and service
    /// tier that can be reached, and whatever is paid by the image, second or character.
    /// </summary>
    /// <param name="outputTokens">Of each answer.</param>
    /// <param name="room">What is free of it; null: nothing.</param>
    public Rejection? Bound(long outputTokens, FreeRoom? room, out CreditAmount amount)
    {
        amount = default;
        Rejection? unpriced = new Rejection.UnknownPrice("it has no rate for what it does");
        foreach (var mode in ServiceTiers.Reachable(Call.ServiceTier))
        {
            var bound = new UsageBound(InputTokensMax, checked(outputTokens * Call.Choices))
            {
                Mode = mode, Impossible = Impossible,
            };
            if (WorstCase.Bound(bound, Price, Terms, At, room, out var most) is { } rejection)
            {
                if (rejection is Rejection.LimitExceeded) return rejection;
                continue;
            }
            amount = CreditAmount.Max(amount, most);
            unpriced = null;
        }
        foreach (var (unit, count) in Others)
        {
            if (CostOf(unit, count) is not { } cost) continue;
            if (room is not { TakesOthers: true }) amount += cost;
            unpriced = null;
        }
        return unpriced;
    }

    /// <summary>
    /// The longest answer that an amount covers, at most what was asked for; 0 if not even the prompt.
    /// </summary>
    public long Affordable(CreditAmount available)
    {
        var (low, high) = (0L, OutputTokensMax);
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            if (Bound(middle, Room, out var amount) is null && amount <= available) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    /// <summary>What must be set aside of the free tier, for answers of so many tokens.</summary>
    public FreeUse FreeUse(long outputTokens) => new(
        1, Room?.Tokens is { } left ? Math.Min(left, checked(InputTokensMax + outputTokens * Call.Choices)) : 0);

    /// <summary>Kinds of tokens that no answer to this call can have.</summary>
    public TokenTraits Impossible
    {
        get
        {
            var impossible = TokenTraits.None;
            if (Call.Size.AudioBytes == 0 && Call.IsBounded && !Call.MayAnswerInAudio) impossible |= TokenTraits.Audio;
            if (Call.Size.Images == 0 && Call.IsBounded && !Call.MayAnswerInImages) impossible |= TokenTraits.Image;
            if (Call.IsBounded) impossible |= TokenTraits.Video;
            if (!Call.MayWriteCache) impossible |= TokenTraits.CacheWrite;
            return impossible;
        }
    }

    private IEnumerable<(Unit Unit, long Count)> Others =>
        new[] { (Unit.Images, (long)Call.Images), (Unit.Seconds, Call.Seconds), (Unit.Characters, Call.Characters) }
            .Where(other => other.Item2 > 0);

    private CreditAmount? CostOf(Unit unit, long count)
    {
        var usage = new MeteredUsage
        {
            Provider = Route.Upstream.Provider, Model = Route.Model, Quantities = [new(unit, ExactDecimal.From(count))],
        };
        return Rating.Rate(usage, Price, Terms, At, out var cost) is null ? cost.Total : null;
    }
}
