using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Grants;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;

namespace Tallystick.Core.Tiers;

/// <summary>Taking a tier, changing it, and what happens at the end of each of its periods.</summary>
internal static class TierRules
{
    private const string SignUpBucket = "signup";

    /// <summary>
    /// Takes a tier at once, or for the next period. Enters nothing where the account has it already.
    /// </summary>
    public static Rejection? Take(
        AccountBook book, EntryDraft draft, string tier, TierChange change, Moment moment)
    {
        if (moment.Terms.Tiers.Find(tier, moment.At) is null)
            return new Rejection.InvalidField("tier", "there is no such tier");
        var present = book.Membership;
        if (present is not { HasTier: true }) Begin(book, draft, tier, moment);
        else if (change == TierChange.AtPeriodEnd || tier == present.Tier)
        {
            if ((present.NextTier ?? present.Tier) != tier) draft.Enter(new EntryBody.TierPlanned(tier), moment);
        }
        else Switch(book, draft, present, tier, moment);
        return null;
    }

    /// <summary>Periods for a cap alone, where the account has no tier: calendar months.</summary>
    public static void BeginWithout(AccountBook book, EntryDraft draft, Moment moment)
    {
        if (book.Membership is null) Begin(book, draft, "", moment);
    }

    /// <summary>
    /// The end of a period: what does not roll over expires, and the next one begins with its allowance. Dated its
    /// instant.
    /// </summary>
    public static void EndPeriod(AccountBook book, EntryDraft draft, ProjectTerms project)
    {
        var ending = book.Membership!;
        var at = Instant.Max(ending.PeriodEnd, book.LastAt);
        var taken = new Taken(book, ending.NextTier ?? ending.Tier, project.Tiers, at, null);
        var end = project.Calendar.NextPeriodEnd(taken.Terms.Period, book.Terms.TimeZone, ending.Anchor, at);
        var rollovers = RollOver(book, draft, project.Tiers.Find(ending.Tier, at) ?? TierTerms.Empty, at, end);
        draft.Enter(new EntryBody.PeriodEnded(taken.Tier, end, rollovers), at);
        SignUp(draft, taken);
        if (taken.MayGive)
            Give(draft, taken, taken.Terms.Allowance, taken.IsFirst ? GrantReason.InitialAllocation
                : GrantReason.Allowance, end);
    }

    private static void Begin(AccountBook book, EntryDraft draft, string tier, Moment moment)
    {
        var taken = new Taken(book, tier, moment.Terms.Tiers, moment.At, moment.Origin);
        var end = moment.Terms.Calendar.NextPeriodEnd(taken.Terms.Period, book.Terms.TimeZone, taken.At, taken.At);
        draft.Enter(new EntryBody.PeriodBegun(tier, taken.At, taken.At, end), taken.At, taken.Origin);
        SignUp(draft, taken);
        Give(draft, taken, taken.Terms.Allowance, GrantReason.InitialAllocation, end);
    }

    /// <summary>Each tier's allowance counts for the share of the period in which the account had it.</summary>
    private static void Switch(AccountBook book, EntryDraft draft, Membership present, string tier, Moment moment)
    {
        var (at, end) = (moment.At, present.PeriodEnd);
        var taken = new Taken(book, tier, moment.Terms.Tiers, at, moment.Origin);
        foreach (var grant in book.Grants)
        {
            if (grant.Tier != present.Tier || grant.GrantKind != GrantKind.Allowance) continue;
            var unearned = Share(grant.Amount, end.Micros - at.Micros, end.Micros - grant.CreatedAt.Micros);
            // What expired with an earlier change of tier is not unearned a second time.
            var left = CreditAmount.Max(default, unearned - grant.Expired);
            draft.Move(MoveKind.Expire, grant.Number, CreditAmount.Min(grant.Remaining, left));
        }
        draft.Enter(new EntryBody.PeriodBegun(tier, present.Anchor, present.PeriodStart, end), at, moment.Origin);
        SignUp(draft, taken);
        if (!taken.MayGive || present.Given.Contains(tier)) return;
        var share = Share(taken.Terms.Allowance, end.Micros - at.Micros, end.Micros - present.PeriodStart.Micros);
        Give(draft, taken, share, GrantReason.Proration, end);
    }

    private static CreditAmount Share(CreditAmount whole, long part, long of) =>
        of <= 0 ? whole : new((long)((Int128)whole.Micros * part / of));

    /// <summary>In burn order, so that what would be spent first is what lives on.</summary>
    private static ImmutableArray<Regrant> RollOver(
        AccountBook book, EntryDraft draft, TierTerms terms, Instant at, Instant end)
    {
        var rollovers = ImmutableArray.CreateBuilder<Regrant>();
        var room = terms.Rollover.MaxAmount;
        foreach (var grant in book.Grants)
        {
            if (!grant.EndsWithPeriod || !grant.Remaining.IsPositive) continue;
            var rolled = grant.Rolls < terms.Rollover.MaxPeriods ? terms.Rollover.Of(grant.Remaining) : default;
            if (room is { } left)
            {
                rolled = CreditAmount.Min(rolled, left);
                room = left - rolled;
            }
            draft.Move(MoveKind.Expire, grant.Number, grant.Remaining);
            if (!rolled.IsPositive) continue;
            var rollover = new Regrant(grant.Number, end);
            rollovers.Add(rollover);
            var number = new ThingNumber(draft.Sequence, rollovers.Count);
            book.BeginRollover(rollover, number, at);
            draft.Move(MoveKind.Issue, number, rolled);
        }
        return rollovers.ToImmutable();
    }

    private static void SignUp(EntryDraft draft, Taken taken)
    {
        if (taken.IsFirst) Enter(draft, taken, new()
        {
            Amount = taken.Terms.SignUpCredits, Bucket = SignUpBucket, Kind = GrantKind.Promotional, IsFree = true,
            Priority = AccountCommand.PriorityDefault, EffectiveAt = taken.At, Tier = taken.Tier,
            Reason = GrantReason.SignUp,
        });
    }

    private static void Give(EntryDraft draft, Taken taken, CreditAmount amount, GrantReason reason, Instant end) =>
        Enter(draft, taken, new()
        {
            Amount = amount, Bucket = taken.Terms.Bucket, Kind = GrantKind.Allowance, IsFree = false,
            Priority = taken.Terms.Priority, EffectiveAt = taken.At, ExpiresAt = end, Tier = taken.Tier,
            Reason = reason,
        });

    /// <summary>As much as the account's sums have room for: a period's end can be refused by nobody.</summary>
    private static void Enter(EntryDraft draft, Taken taken, EntryBody.Granted body)
    {
        body = body with { Amount = CreditAmount.Min(body.Amount, taken.Room) };
        if (body.Amount.IsZero) return;
        draft.Begin(body, taken.At);
        draft.Move(MoveKind.Issue, draft.Number, body.Amount);
        draft.Enter(body, taken.At, taken.Origin);
    }

    /// <summary>A tier as an account takes it: whether for the first time ever, and what it says then.</summary>
    private sealed class Taken(AccountBook book, string tier, TierBook tiers, Instant at, Origin? origin)
    {
        public string Tier => tier;
        public TierTerms Terms { get; } = tiers.Find(tier, at) ?? TierTerms.Empty;
        public Instant At => at;
        public Origin? Origin => origin;
        public CreditAmount Room => book.Room;
        public bool IsFirst { get; } = !book.TiersTaken.Contains(tier);

        /// <summary>A tier that does not renew gives its allowance to an account once in its life.</summary>
        public bool MayGive => IsFirst || Terms.Renews;
    }
}
