using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Grants;
using Tallystick.Core.Journal;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;

namespace Tallystick.Core.Explanations;

/// <summary>The English of an explanation.</summary>
internal static class Sentence
{
    public static string Id(ChainKey chain, ThingNumber grant) => ThingId.Format(ThingId.Grant, chain, grant);

    /// <summary>What happened.</summary>
    public static string Opening(JournalEntry entry, AccountState after, Charge? refunded) => entry.Body switch
    {
        EntryBody.AccountOpened b => $"Account {b.AccountId} was opened; it may owe up to {b.Terms.OverdraftLimit}.",
        EntryBody.AccountChanged b => $"Account {after.AccountId} was changed{Terms(b.Terms)}.",
        EntryBody.TextErased => "The free text of all entries before this one was erased.",
        EntryBody.AccountSuspended =>
            "The account was suspended: charges and holds are refused until it is reactivated.",
        EntryBody.AccountReactivated => "The suspension of the account ended.",
        EntryBody.AccountClosed => "The account was closed; what remained was voided.",
        EntryBody.Granted b =>
            $"{b.Amount} {Word(b.Kind)} credits were given{By(b)}, bucket {b.Bucket}{Terms(b, entry)}.",
        EntryBody.GrantActivated b => $"Grant {Id(entry.Chain, b.Grant)} reached its effective_at.",
        EntryBody.GrantExpired b => $"Grant {Id(entry.Chain, b.Grant)} reached its expires_at with credits remaining.",
        EntryBody.GrantVoided b =>
            $"Grant {Id(entry.Chain, b.Grant)} was voided{(b.ClawBackUsed ? "; what was used of it is owed" : "")}.",
        EntryBody.Charged b => $"{b.Amount} was charged.",
        EntryBody.UsageRecorded b =>
            $"Usage event {b.Event.Id} of {b.Event.Source}, of {b.OccurredAt}, was recorded; "
            + (b.IsCharged ? $"{b.Amount} was charged for it." : "it was only metered."),
        EntryBody.HoldPlaced b => $"{b.Amount} was set aside until {b.ExpiresAt}{Job(b.Job)}.",
        EntryBody.Captured b => Opening(entry.Chain, b),
        EntryBody.Released b => $"Hold {Hold(entry.Chain, b.Hold)} was released{End(b.Job)}.",
        EntryBody.HoldExtended b => $"Hold {Hold(entry.Chain, b.Hold)} now ends at {b.ExpiresAt}.",
        EntryBody.HoldExpired b =>
            $"Hold {Hold(entry.Chain, b.Hold)} reached its end without a final capture or release.",
        EntryBody.Refunded b => Opening(entry.Chain, b, refunded),
        EntryBody.Corrected b => Opening(entry.Chain, b),
        EntryBody.PeriodBegun b => $"The account has {Tier(b)} from now on, from {b.PeriodStart} to {b.PeriodEnd}.",
        EntryBody.TierPlanned b => $"Tier {b.Tier} holds for the account's next period.",
        EntryBody.PeriodEnded b =>
            $"A period ended; the next, of tier {b.Tier}, runs until {b.NextEnd}. {RolledOver(entry, b)}",
        EntryBody.BudgetPut b =>
            $"Budget {b.Id} lets {Spending(b.Terms.Scope)} come to {b.Terms.Limit} {Each(b.Terms.Period)}.",
        EntryBody.BudgetRemoved b => $"Budget {b.Id} was taken away.",
        var body => ImportSentence.Of(body) ?? LicenseSentence.Of(entry.Chain.Project, body)
            ?? throw new System.Diagnostics.UnreachableException(entry.Body.Word),
    };

    /// <summary>How a usage came to its amount: each line, then what was added.</summary>
    public static IEnumerable<string> Cost(JournalEntry entry)
    {
        if (entry.Priced is not { } priced) yield break;
        var (usage, cost) = (priced.Usage, priced.Cost);
        var price = ThingId.Format(ThingId.Price, ChainKey.OfProject(entry.Chain.Project), cost.Price);
        var what = string.Join('/', new[] { usage.Provider, usage.Model ?? usage.Service }.OfType<string>());
        yield return $"{what} was priced by {price} as of {priced.At}, {cost.CreditsPerUsd} credits a dollar:";
        foreach (var line in cost.Lines)
            yield return $"{line.Quantity} {line.Unit} at {line.Rate}"
                + $"{(line.Unit.PerPower > 0 ? " a million" : "")}: {line.Credits}.";
        if (!cost.Markup.IsZero) yield return $"Multipliers and markup: {cost.Markup}.";
        if (cost.Free is { } free)
            yield return $"Inside the free tier, as {Requests(free.Requests)}: {string.Join(", ",
                free.Quantities.Select(one => $"{one.Count} {one.Unit}"))}, which takes off {free.Credits}.";
        yield return $"Together {cost.Total}, rounded up once; {cost.Provider} of it is the provider's.";
    }

    /// <summary>What a hold for an amount has set aside of the free tier, and its capture has taken.</summary>
    public static IEnumerable<string> Reserve(EntryBody body)
    {
        if (body is EntryBody.HoldPlaced { Free: { } free })
            yield return $"Of the free tier {Requests(free.Use.Requests)} and {free.Use.Tokens} tokens of {free.Model} "
                + "were set aside for it.";
        if (body is EntryBody.Captured { Free: { } taken })
            yield return $"Of what was set aside of the free tier it took {Requests(taken.Use.Requests)} and "
                + $"{taken.Use.Tokens} tokens, which would have cost {taken.Credits}.";
    }

    /// <summary>Why a charge or hold was not refused.</summary>
    public static IEnumerable<string> Admission(JournalEntry entry, AccountState? before)
    {
        if (before is null || entry.Body is not (EntryBody.Charged or EntryBody.HoldPlaced)) yield break;
        if (entry.TakesOverHeld)
        {
            yield return "Another system had taken these credits for it: what was set aside with the balance is its.";
            yield break;
        }
        yield return before.Terms.OverdraftLimit.IsZero
            ? $"It passed because {before.Available} was available."
            : $"It passed because {before.Available} was available and the account may owe up to "
                + $"{before.Terms.OverdraftLimit}.";
        yield return "Grants are taken by priority, then soonest expiry, free before paid, effective_at, age.";
    }

    public static string Of(ChainKey chain, GrantStep step) =>
        $"{(step.Position is { } position ? $"{position}. " : "")}{Id(chain, step.Grant)} "
        + $"({step.Bucket}, {Word(step.Kind)}, priority {step.Priority}, "
        + $"{(step.ExpiresAt is { } at ? $"expires {at}" : "never expires")}): {step.Why}; "
        + $"remaining {step.RemainingBefore} → {step.RemainingAfter}, held {step.HeldBefore} → {step.HeldAfter}.";

    /// <summary>What moved on one grant, in order.</summary>
    public static string Of(ImmutableArray<Move> moves) => string.Join(", ", moves.Select(Of));

    public static string WhyNot(Grant grant, EntryBody body) =>
        grant.Pending.IsPositive ? $"not touched: it becomes spendable at {grant.EffectiveAt}"
        : body is EntryBody.Captured ? "not touched: the hold was not on it, and no more was to be taken"
        : grant.Remaining.IsZero ? "not touched: all that is left of it is held"
        : "not touched: the grants before it were enough";

    /// <summary>What moved on the account as a whole.</summary>
    public static IEnumerable<string> OnTheAccount(JournalEntry entry)
    {
        foreach (var move in entry.Moves)
        {
            var text = move.Kind switch
            {
                MoveKind.Owe when entry.Body is EntryBody.GrantVoided => $"{move.Amount} that was used is owed.",
                MoveKind.Owe => $"{move.Amount} was covered by no grant and is owed.",
                MoveKind.Reserve => $"{move.Amount} was covered by no grant: that much overdraft is reserved.",
                MoveKind.Unreserve => $"{move.Amount} of reserved overdraft was let go.",
                MoveKind.SpendReserved => $"{move.Amount} of reserved overdraft was used.",
                MoveKind.CancelDebt => $"{move.Amount} still owed for {Transaction(entry, move)} was cancelled.",
                MoveKind.RepayDebt => $"{move.Amount} owed for {Transaction(entry, move)} was paid.",
                MoveKind.Unrepay =>
                    $"{move.Amount} that grants had paid for {Transaction(entry, move)} goes back to them, last first.",
                _ => null,
            };
            if (text is not null) yield return text;
        }
    }

    public static string Figures(AccountFigures before, AccountFigures after) =>
        $"Balance {before.Balance} → {after.Balance}, held {before.Held} → {after.Held}, "
        + $"available {before.Available} → {after.Available}, debt {before.Debt} → {after.Debt}.";

    private static string Opening(ChainKey chain, EntryBody.Captured b)
    {
        var late = b.Late ? " after its end" : "";
        var shortfall = b.Requested == b.Amount ? ""
            : $" ({b.Requested} was asked for; mode cap takes what there is, and nobody owes the rest)";
        var rest = b.Final ? "what it did not need goes back" : "the hold stays open";
        return $"{b.Amount} of hold {Hold(chain, b.Hold)} was captured{late}{shortfall}; {rest}{End(b.Job)}.";
    }

    private static string Opening(ChainKey chain, EntryBody.Refunded b, Charge? charge)
    {
        var total = charge is null ? ""
            : $"; {charge.RefundedInAll} of {charge.Standing} has been refunded with this";
        return $"{b.Amount} of charge {ThingId.Format(ThingId.Charge, chain, b.Charge)} was given back{total}. "
            + "What was burned last goes back first.";
    }

    private static string Opening(ChainKey chain, EntryBody.Corrected b)
    {
        var change = b.IsFurther ? $"{b.After - b.Before} more was charged."
            : b.Returned == b.Before - b.After ? $"{b.Returned} was given back, what was burned last first."
            : $"{b.Returned} was given back: refunds had given back the rest.";
        return $"The price of charge {ThingId.Format(ThingId.Charge, chain, b.Charge)} was corrected: it comes to "
            + $"{b.After} instead of {b.Before}. {change}";
    }

    private static string Tier(EntryBody.PeriodBegun b) =>
        b.Tier.Length > 0 ? $"tier {b.Tier}, in a period" : "periods for its cap alone, the first";

    private static string Spending(BudgetScope scope) => scope.Kind == BudgetScopeKind.Account
        ? "all spending"
        : $"the spending of {scope.Kind.ToString().ToLowerInvariant()} {scope.Value}";

    private static string Each(PeriodRule? period) => period switch
    {
        null => "in all",
        PeriodRule.Day => "each day",
        PeriodRule.Week => "each week",
        _ => "each month",
    };

    private static string Terms(AccountTerms terms) =>
        $": it may owe up to {terms.OverdraftLimit}, "
        + (terms.MonthlyCap is { } cap ? $"spend up to {cap} in a period" : "has no cap of its own")
        + $", and its time zone is {terms.TimeZone}";

    private static string By(EntryBody.Granted b) => b.Reason switch
    {
        GrantReason.SignUp => $" by tier {b.Tier} for signing up",
        GrantReason.InitialAllocation => $" by tier {b.Tier} as its first allowance",
        GrantReason.Allowance => $" by tier {b.Tier} as the period's allowance",
        GrantReason.Proration => $" by tier {b.Tier} for the rest of the period",
        _ => "",
    };

    private static string RolledOver(JournalEntry entry, EntryBody.PeriodEnded b) => b.Rollovers.IsEmpty
        ? "Nothing rolled over."
        : $"{Sum(entry, MoveKind.Issue)} of {Sum(entry, MoveKind.Expire)} that was left rolled over.";

    private static CreditAmount Sum(JournalEntry entry, MoveKind kind) =>
        new(entry.Moves.Where(move => move.Kind == kind).Sum(move => move.Amount.Micros));

    private static string Terms(EntryBody.Granted b, JournalEntry entry) =>
        (b.EffectiveAt > entry.At ? $", effective from {b.EffectiveAt}" : "")
        + (b.ExpiresAt is { } expires ? $", until {expires}" : "");

    private static string Of(Move move) => move.Kind switch
    {
        MoveKind.Issue => $"{move.Amount} given",
        MoveKind.IssuePending => $"{move.Amount} given, not spendable yet",
        MoveKind.Activate => $"{move.Amount} became spendable",
        MoveKind.Spend => $"{move.Amount} taken",
        MoveKind.Hold => $"{move.Amount} set aside",
        MoveKind.SpendHeld => $"{move.Amount} taken of what was held",
        MoveKind.Return => $"{move.Amount} returned from the hold",
        MoveKind.ReturnExpired => $"{move.Amount} returned from the hold after the grant's end, and expired",
        MoveKind.ReturnVoided => $"{move.Amount} returned from the hold to a voided grant, and voided",
        MoveKind.Expire => $"{move.Amount} expired",
        MoveKind.Void or MoveKind.VoidPending => $"{move.Amount} voided",
        MoveKind.Refund => $"{move.Amount} given back",
        MoveKind.RefundExpired => $"{move.Amount} came back after the grant's end: a new grant has it",
        MoveKind.RefundVoided => $"{move.Amount} came back to a voided grant, and was voided",
        MoveKind.Repay => $"{move.Amount} used to pay what was owed",
        _ => throw new System.Diagnostics.UnreachableException(move.Kind.ToString()),
    };

    private static string Requests(long count) => count == 1 ? "one request" : $"{count} requests";

    private static string Job(JobTerms? job) =>
        job is null ? "" : $" for a job of {job.Rows} rows at {job.CreditsPerRow}";

    private static string End(JobEnd? end) => end?.Outcome switch
    {
        null => "",
        JobOutcome.Completed => $"; the job was completed with {end.RowsDone} rows done",
        JobOutcome.Failed => $"; the job failed with {end.RowsDone} rows done",
        _ => "; the job was rolled back",
    };

    private static string Hold(ChainKey chain, ThingNumber hold) => ThingId.Format(ThingId.Hold, chain, hold);

    private static string Transaction(JournalEntry entry, Move move) =>
        ThingId.Format(ThingId.Transaction, entry.Chain, move.Number);

    private static string Word(GrantKind kind) => kind.ToString().ToLowerInvariant();
}
