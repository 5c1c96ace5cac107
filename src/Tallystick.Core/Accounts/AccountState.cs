using System.Collections.Immutable;
using Tallystick.Core.Charges;
using Tallystick.Core.Grants;
using Tallystick.Core.Holds;
using Tallystick.Core.Imports;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Core.Accounts;

/// <summary>
/// An account as of its last entry: what is open (spendable, held or pending grants, open holds, unpaid debts) and the
/// totals. What is over lives beside it as <see cref="ChainRecord"/>s.
/// </summary>
public sealed record AccountState : ChainState
{
    public required string AccountId { get; init; }
    public AccountStatus Status { get; init; } = AccountStatus.Active;
    public Instant CreatedAt { get; init; }
    public TextMarks Texts { get; init; } = TextMarks.None;
    public AccountTerms Terms { get; init; } = AccountTerms.Default;

    /// <summary>Null where no tier was ever named.</summary>
    public Membership? Membership { get; init; }

    /// <summary>By id, in ordinal order.</summary>
    public ImmutableArray<Budget> Budgets { get; init; } = [];

    /// <summary>Tiers that it has ever had: each gives its sign-up credits once.</summary>
    public ImmutableArray<string> TiersTaken { get; init; } = [];

    /// <summary>Open grants in burn order.</summary>
    public ImmutableArray<Grant> Grants { get; init; } = [];

    /// <summary>Open holds by age.</summary>
    public ImmutableArray<Hold> Holds { get; init; } = [];

    /// <summary>
    /// Unpaid debts, oldest first. Who is billed afterwards owes for each charge of a month: one more must not copy all
    /// the others.
    /// </summary>
    public ImmutableList<Debt> Debts { get; init; } = [];

    /// <summary>Active licences by age.</summary>
    public ImmutableArray<License> Licenses { get; init; } = [];

    /// <summary>What came from another system's books.</summary>
    public ImportedBooks Imported { get; init; } = ImportedBooks.None;

    /// <summary>Sums over the open grants.</summary>
    public CreditAmount Remaining { get; init; }
    public CreditAmount GrantsHeld { get; init; }
    public CreditAmount Owed { get; init; }
    public CreditAmount Reserved { get; init; }

    /// <summary>All that was ever granted, as far as 64 bits hold it: the negative of the pool <c>issued</c>.</summary>
    public CreditAmount Issued { get; init; }
    public CreditAmount Available => Remaining - Owed - Reserved;
    public CreditAmount Held => GrantsHeld + Reserved;
    public CreditAmount Balance => Available + Held;

    /// <summary>What an admission may take at most.</summary>
    public CreditAmount Affordable =>
        CreditAmount.Max(default, CreditAmount.SumWithin(Available, Terms.OverdraftLimit));

    internal LimitView LimitView(ProjectTerms project, Instant at) =>
        LimitViewOf(Terms, Membership, Held, Budgets, Holds, project, at);

    internal static LimitView LimitViewOf(
        AccountTerms terms, Membership? period, CreditAmount held, ImmutableArray<Budget> budgets,
        ImmutableArray<Hold> holds, ProjectTerms project, Instant at)
    {
        var cap = terms.MonthlyCap
            ?? (period is { HasTier: true } ? project.Tiers.Find(period.Tier, at)?.MonthlyCap : null);
        return new(cap, period?.Spent ?? default, held, budgets, holds);
    }

    /// <summary>What its tier makes of the price of a model's usage.</summary>
    /// <param name="at">Of the prices and of the free tier.</param>
    public TierRates TierRates(ProjectTerms project, string? model, Instant at) =>
        FreeTierRules.RatesOf(Membership, Holds, project.Tiers, model, at, at);

    /// <summary>What the free tier has left in this period; null where the account has none.</summary>
    public FreeRoom? FreeLeft(TierBook tiers, Instant at) =>
        Membership is { HasTier: true } period && tiers.Find(period.Tier, at)?.FreeTier is { } terms
            ? FreeTierRules.LeftOf(terms, period, Holds)
            : null;

    private Instant? _nextDue;
    public override Instant? NextDue => _nextDue;
    internal Instant? NextDueBound { get => _nextDue; init => _nextDue = value; }

    /// <summary>The instant at which something falls due next; <see cref="NextDue"/> may be earlier.</summary>
    public Instant? ExactDue => DueWork.NextAt(new(Key, this, LoadedRecords.None));

    public override ChainState Canonical() => this with { NextDueBound = ExactDue };
    public override ChainState Semantic(byte[] head) => this with
    {
        NextDueBound = ExactDue, Head = head,
        Licenses = [.. Licenses.Select(license => license with { Hint = "" })],
    };

    public Grant? OpenGrant(ThingNumber number)
    {
        foreach (var grant in Grants)
            if (grant.Number == number) return grant;
        return null;
    }

    /// <summary>An active licence.</summary>
    public License? FindLicense(ThingNumber number)
    {
        foreach (var license in Licenses)
            if (license.Number == number) return license;
        return null;
    }

    public int IndexOfHold(ThingNumber number)
    {
        var (low, high) = (0, Holds.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = Holds[middle].Number.CompareTo(number);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1; else high = middle - 1;
        }
        return -1;
    }

    public Debt? OpenDebt(ThingNumber number) =>
        Debt.IndexIn(Debts, number) is >= 0 and var index ? Debts[index] : null;

    public override byte[] Encode() => AccountStateCodec.Encode(this);
}
