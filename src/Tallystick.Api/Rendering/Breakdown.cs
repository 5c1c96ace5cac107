using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Json;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Api.Rendering;

/// <summary>
/// An entry's split as the API shows it: a function of the entry alone, so that a replay shows the same.
/// </summary>
internal static class Breakdown
{
    private const string DebtBucket = "debt";

    public static List<BreakdownLeg> Of(JournalEntry entry) => entry.Body switch
    {
        EntryBody.Charged or EntryBody.Captured or EntryBody.UsageRecorded =>
            Of(entry, MoveKind.Spend, MoveKind.SpendHeld, MoveKind.Owe),
        EntryBody.HoldPlaced => Of(entry, MoveKind.Hold, MoveKind.Reserve),
        EntryBody.Released or EntryBody.HoldExpired =>
            Of(entry, MoveKind.Return, MoveKind.ReturnExpired, MoveKind.ReturnVoided, MoveKind.Unreserve),
        EntryBody.Refunded => Of(entry, MoveKind.Refund, MoveKind.Issue, MoveKind.RefundVoided, MoveKind.CancelDebt),
        EntryBody.Corrected { IsFurther: true } => Of(entry, MoveKind.Spend, MoveKind.Owe),
        EntryBody.Corrected => Of(entry, MoveKind.Refund, MoveKind.Issue, MoveKind.RefundVoided, MoveKind.CancelDebt),
        _ => [],
    };

    /// <summary>What an entry gave back of a hold, and where.</summary>
    public static List<BreakdownLeg> Returned(JournalEntry entry) =>
        Of(entry, MoveKind.Return, MoveKind.ReturnExpired, MoveKind.ReturnVoided, MoveKind.Unreserve);

    /// <summary>Legs in the order of the moves; several of one grant are one, at the place of the first.</summary>
    private static List<BreakdownLeg> Of(JournalEntry entry, params ReadOnlySpan<MoveKind> kinds)
    {
        var legs = new List<(ThingNumber Grant, CreditAmount Amount)>(2);
        foreach (var move in entry.Moves)
        {
            if (!kinds.Contains(move.Kind)) continue;
            var grant = move.ConcernsGrant ? move.Number : default;
            var index = IndexOf(legs, grant);
            if (index < 0) legs.Add((grant, move.Amount));
            else legs[index] = (grant, legs[index].Amount + move.Amount);
        }
        var shown = new List<BreakdownLeg>(legs.Count);
        foreach (var (grant, amount) in legs)
            shown.Add(new(
                grant.IsNone ? null : ThingId.Format(ThingId.Grant, entry.Chain, grant),
                grant.IsNone ? DebtBucket : BucketOf(entry, grant),
                amount.ToAmount()));
        return shown;
    }

    private static int IndexOf(List<(ThingNumber Grant, CreditAmount Amount)> legs, ThingNumber grant)
    {
        for (var i = 0; i < legs.Count; i++)
            if (legs[i].Grant == grant) return i;
        return -1;
    }

    public static string BucketOf(JournalEntry entry, ThingNumber grant)
    {
        if (entry.Buckets.Length == 1) return entry.Buckets[0];
        var seen = new List<ThingNumber>(2);
        foreach (var move in entry.Moves)
        {
            if (!move.ConcernsGrant || seen.Contains(move.Number)) continue;
            if (move.Number == grant) return entry.Buckets[seen.Count];
            seen.Add(move.Number);
        }
        return "";
    }

    public static CreditAmount Moved(JournalEntry entry, params ReadOnlySpan<MoveKind> kinds)
    {
        var sum = default(CreditAmount);
        foreach (var move in entry.Moves)
            if (kinds.Contains(move.Kind)) sum += move.Amount;
        return sum;
    }

    /// <summary>
    /// What the entry changed the balance by: balance is what remains, is held or reserved, less what is owed and
    /// reserved.
    /// </summary>
    public static CreditAmount BalanceChange(JournalEntry entry)
    {
        var change = default(CreditAmount);
        foreach (var move in entry.Moves)
        {
            var (from, to) = move.Pools;
            if (Counts(from)) change -= move.Amount;
            if (Counts(to)) change += move.Amount;
        }
        return change;

        static bool Counts(Pool pool) => pool is Pool.Remaining or Pool.Held or Pool.Debt;
    }

    /// <summary>What the entry changed the available credits by.</summary>
    public static CreditAmount AvailableChange(JournalEntry entry)
    {
        var change = default(CreditAmount);
        foreach (var move in entry.Moves)
        {
            var (from, to) = move.Pools;
            if (Counts(from)) change -= move.Amount;
            if (Counts(to)) change += move.Amount;
        }
        return change;

        static bool Counts(Pool pool) => pool is Pool.Remaining or Pool.Debt or Pool.Line;
    }
}

internal static class AmountConversions
{
    public static Amount ToAmount(this CreditAmount amount) => new(amount.Micros);
    public static CreditAmount ToCredits(this Amount amount) => new(amount.Micros);
    public static Timestamp ToTimestamp(this Core.Time.Instant instant) => new(instant.Micros);
    public static Core.Time.Instant ToInstant(this Timestamp timestamp) => new(timestamp.Micros);
}
