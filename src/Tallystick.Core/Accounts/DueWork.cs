using Tallystick.Core.Holds;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Core.Accounts;

/// <summary>
/// What happens by itself: hold ends, expiries, activations. Entered in order of their instants (in this order within
/// one), each dated its own instant, so that the journal does not depend on when anybody looked.
/// </summary>
internal static class DueWork
{
    private enum Class { HoldEnd, Expiry, PeriodEnd, Activation }

    private readonly record struct Event(Instant At, Class Class, ThingNumber Number)
    {
        public bool IsBefore(in Event other) =>
            At != other.At ? At < other.At
            : Class != other.Class ? Class < other.Class
            : Number < other.Number;
    }

    /// <summary>Enters everything due up to and including the instant.</summary>
    public static void Settle(AccountBook book, EntryDraft draft, Instant until, ProjectTerms terms)
    {
        if (book.NextDue is not { } earliest || earliest > until) return;
        // What falls due brings about no hold: they are put into their order once, however many end.
        var holds = HoldEnds(book, until);
        var ended = 0;
        while (book.NextDue is { } bound && bound <= until && book.Missing.Count == 0)
        {
            if (Next(book, ended < holds.Count ? holds[ended] : null) is not { } next)
            {
                book.NextDue = null;
                return;
            }
            book.NextDue = next.At;
            if (next.At > until) return;
            if (next.Class == Class.HoldEnd) ended++;
            Enter(book, draft, next, terms);
        }
    }

    /// <summary>When the next thing falls due; null if nothing will.</summary>
    public static Instant? NextAt(AccountBook book)
    {
        Event? first = null;
        foreach (var hold in book.Holds) Offer(ref first, EndOf(hold));
        return Next(book, first)?.At;
    }

    /// <summary>The holds that end by an instant, in the order in which they do, and the next one after.</summary>
    private static List<Event> HoldEnds(AccountBook book, Instant until)
    {
        var due = new List<Event>();
        Event? later = null;
        foreach (var hold in book.Holds)
        {
            if (hold.ExpiresAt <= until) due.Add(EndOf(hold));
            else Offer(ref later, EndOf(hold));
        }
        due.Sort((one, other) => one.IsBefore(other) ? -1 : other.IsBefore(one) ? 1 : 0);
        if (later is { } next) due.Add(next);
        return due;
    }

    private static Event EndOf(Hold hold) => new(hold.ExpiresAt, Class.HoldEnd, hold.Number);

    /// <param name="firstHold">The end of the hold that ends first.</param>
    private static Event? Next(AccountBook book, Event? firstHold)
    {
        var first = firstHold;
        foreach (var grant in book.Grants)
        {
            if (grant.Pending.IsPositive) Offer(ref first, new(grant.EffectiveAt, Class.Activation, grant.Number));
            else if (grant is { ExpiresAt: { } expires, Remaining.IsPositive: true } && !book.EndsByPeriod(grant))
                Offer(ref first, new(expires, Class.Expiry, grant.Number));
        }
        if (book is { Membership: { } membership, Status: not AccountStatus.Closed })
            Offer(ref first, new(membership.PeriodEnd, Class.PeriodEnd, default));
        return first;
    }

    private static void Offer(ref Event? first, in Event candidate)
    {
        if (first is not { } present || candidate.IsBefore(present)) first = candidate;
    }

    private static void Enter(AccountBook book, EntryDraft draft, in Event next, ProjectTerms terms)
    {
        var at = Instant.Max(next.At, book.LastAt);
        switch (next.Class)
        {
            case Class.HoldEnd:
                HoldRules.GiveBack(book, draft, book.FindHold(next.Number)!.Open, at);
                draft.Enter(new EntryBody.HoldExpired(next.Number), at);
                break;
            case Class.Expiry:
                draft.Move(MoveKind.Expire, next.Number, book.FindGrant(next.Number)!.Remaining);
                draft.Enter(new EntryBody.GrantExpired(next.Number), at);
                break;
            case Class.PeriodEnd:
                TierRules.EndPeriod(book, draft, terms);
                break;
            case Class.Activation:
                // Nobody can be refused what falls due: of more than 64 bits hold, the rest is void.
                var pending = book.FindGrant(next.Number)!.Pending;
                var activated = CreditAmount.Min(pending, book.Room);
                draft.Move(MoveKind.Activate, next.Number, activated);
                draft.Move(MoveKind.VoidPending, next.Number, pending - activated);
                draft.Enter(new EntryBody.GrantActivated(next.Number), at);
                break;
        }
    }
}
