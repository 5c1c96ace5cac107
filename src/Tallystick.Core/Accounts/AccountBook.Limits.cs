using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Accounts;

/// <summary>What has been spent of the cap, the budgets and the free tier.</summary>
internal sealed partial class AccountBook
{
    public LimitView LimitView(ProjectTerms project, Instant at) =>
        AccountState.LimitViewOf(Terms, Membership, GrantsHeld + Reserved, Budgets, Holds, project, at);

    /// <summary>What the account's tier makes of the price of a usage, now.</summary>
    /// <param name="pricedAt">The instant whose prices stand.</param>
    /// <param name="ending">A hold that gives back what it has set aside.</param>
    public TierRates TierRates(MeteredUsage? usage, Instant pricedAt, Moment moment, ThingNumber ending = default) =>
        FreeTierRules.RatesOf(Membership, Holds, moment.Terms.Tiers, usage?.Model, pricedAt, moment.At, ending);

    public FreeRoom? FreeRoom(string model, Moment moment) =>
        FreeTierRules.RatesOf(Membership, Holds, moment.Terms.Tiers, model, moment.At, moment.At).Free;

    private void PutBudget(JournalEntry entry, EntryBody.BudgetPut put)
    {
        var known = FindBudget(put.Id);
        // Another period begins to count anew; what has been spent of the same one stays spent.
        var next = known is not null && known.Terms.Period == put.Terms.Period && known.Terms.Scope == put.Terms.Scope
            ? known with { Terms = put.Terms }
            : new Budget { Number = entry.Number, Id = put.Id, Terms = put.Terms };
        Budgets =
        [
            .. Budgets.Where(budget => budget.Id != put.Id).Append(next).OrderBy(
                budget => budget.Id, StringComparer.Ordinal),
        ];
    }

    private void RemoveBudget(string id) => Budgets = Budgets.RemoveAll(budget => budget.Id == id);

    /// <summary>A charge or capture, in the period of its date.</summary>
    private void CountSpent(JournalEntry entry, CreditAmount amount) =>
        CountSpent(entry, amount, FreeTaken.Of(entry.Priced?.Cost));

    /// <param name="free">What the free tier has taken over; null where that has been counted before.</param>
    private void CountSpent(JournalEntry entry, CreditAmount amount, FreeTaken? free)
    {
        if (Membership is { } period) Membership = period.With(amount, free);
        foreach (var count in entry.Counts)
            Change(count.Budget, budget => budget with
            {
                PeriodEnd = count.PeriodEnd,
                Spent = (budget.PeriodEnd == count.PeriodEnd ? budget.Spent : default) + amount,
            });
    }

    /// <summary>Of the same periods only: a later one has nothing of that charge.</summary>
    private void CountRefunded(Charge charge, CreditAmount amount)
    {
        if (Membership is { } period && charge.Number.Sequence > period.Since)
            Membership = period with { Spent = period.Spent - amount };
        foreach (var count in charge.Counts)
            Change(count.Budget, budget => budget.PeriodEnd != count.PeriodEnd ? budget : budget with
            {
                Spent = budget.Spent - amount,
            });
    }

    private void Change(ThingNumber number, Func<Budget, Budget> change)
    {
        for (var i = 0; i < Budgets.Length; i++)
            if (Budgets[i].Number == number) Budgets = Budgets.SetItem(i, change(Budgets[i]));
    }
}
