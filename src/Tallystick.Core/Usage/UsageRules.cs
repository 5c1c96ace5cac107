using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Limits;
using Tallystick.Core.Time;

namespace Tallystick.Core.Usage;

/// <summary>
/// Recording what was consumed. It is settlement: no balance, cap or suspension refuses it, for it has happened.
/// </summary>
public static class UsageRules
{
    /// <summary>Clocks of sources may be ahead by so much.</summary>
    public static readonly Duration AheadMax = Duration.FromSeconds(300);

    internal static Rejection? Record(
        AccountBook book, EntryDraft draft, AccountCommand.RecordUsage command, Moment moment)
    {
        if (LicenseRules.RefusedPlace(book, moment) is { } elsewhere) return elsewhere;
        var occurredAt = command.OccurredAt ?? moment.At;
        if (occurredAt > moment.At.Plus(AheadMax))
            return new Rejection.InvalidTime("occurred_at", "must not lie in the future");
        if (occurredAt.Plus(moment.Settings.Pricing.EventAgeMax) < moment.At)
            return new Rejection.InvalidTime("occurred_at", "too long ago: see the project's max_event_age");
        // What is only metered uses nothing of a free tier.
        var tier = book.TierRates(command.Demand.Usage, occurredAt, moment);
        if (!command.IsCharged) tier = tier with { Free = null };
        // What is only metered may have no price; what is charged must.
        var demand = command.Demand;
        if (!command.HasNoPrice
            && command.Demand.Price(moment.Envelope.Prices, occurredAt, tier, out demand) is { } unpriced
            && (command.IsCharged || unpriced is not Rejection.UnknownPrice)) return unpriced;
        if (command.IsCharged)
        {
            var taken = ChargeRules.TakeFromGrants(book, draft, MoveKind.Spend, demand.Amount);
            draft.Move(MoveKind.Owe, demand.Amount - taken);
            draft.Counts = LimitRules.CountsOf(book, command.Spender, moment);
        }
        draft.Enter(new EntryBody.UsageRecorded(command.Event, occurredAt, command.IsCharged, demand.Usage!)
        {
            Priced = demand.Priced,
        }, moment);
        return null;
    }
}
