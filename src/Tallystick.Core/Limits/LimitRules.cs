using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Holds;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Core.Limits;

/// <summary>The cap and the budgets of an account: they refuse admission, and settlement counts in them.</summary>
internal static class LimitRules
{
    public static Rejection? Put(AccountBook book, EntryDraft draft, AccountCommand.PutBudget command, Moment moment)
    {
        if (book.Status == AccountStatus.Closed) return new Rejection.AccountClosed();
        var known = book.FindBudget(command.Id);
        if (known?.Terms == command.Terms) return null;
        if (known is null && book.Budgets.Length == Budget.CountMax) return new Rejection.LimitExceeded("budgets");
        draft.Enter(new EntryBody.BudgetPut(command.Id, command.Terms), moment);
        return null;
    }

    public static Rejection? Remove(
        AccountBook book, EntryDraft draft, AccountCommand.RemoveBudget command, Moment moment)
    {
        if (book.FindBudget(command.Id) is null) return new Rejection.NotFound("budget");
        draft.Enter(new EntryBody.BudgetRemoved(command.Id), moment);
        return null;
    }

    /// <summary>The budgets that a spender counts in at an instant.</summary>
    public static ImmutableArray<Count> CountsOf(AccountBook book, Spender spender, Moment moment) =>
        book.Budgets.IsEmpty ? [] : Counts(book, book.Budgets.Where(spender.IsIn), moment);

    /// <summary>The same budgets at a later instant, as far as they are still there.</summary>
    public static ImmutableArray<Count> Again(AccountBook book, ImmutableArray<Count> counts, Moment moment) =>
        counts.IsEmpty ? [] : Counts(
            book, book.Budgets.Where(budget => counts.Any(count => count.Budget == budget.Number)), moment);

    /// <summary>Refuses an admission that the balance would let pass.</summary>
    public static Rejection? Refused(
        AccountBook book, Demand demand, ImmutableArray<Count> counts, TierRates tier, Moment moment)
    {
        var (left, source) = Check(book.LimitView(moment.Terms, moment.At), counts, demand.Amount, moment.At);
        if (source is null) return null;
        var affordable = CreditAmount.Min(book.Affordable, left);
        return new Rejection.LimitReached(demand.Amount, book.Affordable, source, left)
        {
            AffordableMaxTokens = demand.AffordableOutput(affordable, moment.Envelope.Prices, tier),
        };
    }

    /// <summary>
    /// What the tightest of the limits leaves of an amount, and which of them is the first that does not leave enough:
    /// the
    /// cap, then budgets by id. Null where all do.
    /// </summary>
    public static (CreditAmount Left, string? Source) Check(
        LimitView view, ImmutableArray<Count> counts, CreditAmount amount, Instant at)
    {
        var (left, source) = (CreditAmount.MaxValue, (string?)null);
        if (view.Cap is { } cap) Apply(cap - view.Spent - view.Held, "monthly_cap");
        var held = counts.IsEmpty ? null : HeldByBudget(view.Holds);
        foreach (var budget in view.Budgets)
        {
            if (!counts.Any(count => count.Budget == budget.Number)) continue;
            Apply(
                budget.Terms.Limit - budget.SpentAt(at) - held!.GetValueOrDefault(budget.Number),
                $"budget:{budget.Id}");
        }
        return (left, source);

        void Apply(CreditAmount room, string name)
        {
            left = CreditAmount.Max(default, CreditAmount.Min(left, room));
            if (room < amount) source ??= name;
        }
    }

    private static Dictionary<ThingNumber, CreditAmount> HeldByBudget(ImmutableArray<Hold> holds)
    {
        var held = new Dictionary<ThingNumber, CreditAmount>();
        foreach (var hold in holds)
            foreach (var count in hold.Counts)
                held[count.Budget] = held.GetValueOrDefault(count.Budget) + hold.Left;
        return held;
    }

    private static ImmutableArray<Count> Counts(AccountBook book, IEnumerable<Budget> budgets, Moment moment) =>
    [
        .. from budget in budgets
           select new Count(budget.Number, PeriodEnd(budget, book.Terms.TimeZone, moment.At, moment.Terms.Calendar)),
    ];

    private static Instant PeriodEnd(Budget budget, string zone, Instant at, ICalendar calendar) =>
        at < budget.PeriodEnd ? budget.PeriodEnd
        : budget.Terms.Period is { } rule ? calendar.NextPeriodEnd(rule, zone, at, at)
        : Instant.MaxValue;
}
