using System.Numerics;

namespace Tallystick.Model;

/// <summary>
/// One account as DESIGN.md section 2 and docs/rules.md describe it, written for the eye: the oracle that the real
/// ledger is compared with. Not for use from several threads.
/// </summary>
public sealed partial class ModelAccount
{
    private readonly ModelSettings settings;
    private Books books = new();

    public ModelAccount(long openedAt, ModelSettings? settings = null, BigInteger overdraftLimit = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(overdraftLimit);
        this.settings = settings ?? new ModelSettings();
        books.OverdraftLimit = overdraftLimit;
        books.Open(EntryKind.AccountOpened, openedAt);
        books.Write(subject: null, amount: 0);
    }

    /// <summary>The state after the last entry; work that has come due since is not in it.</summary>
    public AccountStatus Status => books.Status;
    public BigInteger OverdraftLimit => books.OverdraftLimit;
    public IReadOnlyList<ModelGrant> Grants => books.Grants;
    public IReadOnlyList<ModelHold> Holds => books.Holds;
    public IReadOnlyList<ModelCharge> Charges => books.Charges;
    public IReadOnlyList<ModelDebt> Debts => books.Debts;
    public IReadOnlyList<ModelEntry> Journal => books.Journal;
    public long LastAt => books.LastAt;

    /// <summary>The sweeper: enters what is due and nothing else.</summary>
    public Outcome Settle(long now)
    {
        var before = books.Journal.Count;
        return Decide(now, _ => books.Journal.Count == before
            ? new Outcome.Unchanged()
            : new Outcome.Accepted(books.Journal[^1]));
    }

    public ModelBalance Balance(long now) => Read(now, () => books.Balance);

    public CheckResult Check(long now, BigInteger amount) => Read(now, () =>
    {
        var available = BigInteger.Max(0, books.Affordable);
        if (RefusedAdmission() is Outcome.Refused refused)
            return new CheckResult(false, amount, available, 0, refused.Code);

        var allowed = amount <= books.Affordable;
        return new CheckResult(allowed, amount, available, available, allowed ? null : "insufficient_credits");
    });

    /// <summary>
    /// Everything due up to the command's time is entered, then the command is decided. Unless it is accepted, all of
    /// it is taken back: a refusal and a repeat write nothing, also no due entries.
    /// </summary>
    private Outcome Decide(long now, Func<long, Outcome> decision)
    {
        var before = books;
        books = before.Copy();
        var at = Math.Max(now, before.LastAt);
        EnterDueWork(at);
        var outcome = decision(at);
        if (outcome is Outcome.Accepted && !books.FitsInto64Bits()) outcome = Refusals.LimitExceeded;
        if (outcome is not Outcome.Accepted) books = before;
        return outcome;
    }

    private T Read<T>(long now, Func<T> figure)
    {
        var before = books;
        books = before.Copy();
        EnterDueWork(Math.Max(now, before.LastAt));
        var answer = figure();
        books = before;
        return answer;
    }

    private Outcome? RefusedAdmission() => books.Status switch
    {
        AccountStatus.Closed => Refusals.AccountClosed,
        AccountStatus.Suspended => Refusals.AccountSuspended,
        _ => null,
    };

    private Outcome Insufficient(BigInteger required) =>
        Refusals.InsufficientCredits(required, BigInteger.Max(0, books.Affordable));
}
