using System.Numerics;

namespace Tallystick.Model;

public sealed partial class ModelAccount
{
    public Outcome SetOverdraft(long now, BigInteger overdraftLimit)
    {
        if (overdraftLimit < 0) return Refusals.InvalidAmount;
        return Decide(now, at =>
        {
            if (books.Status == AccountStatus.Closed) return Refusals.AccountClosed;
            if (books.OverdraftLimit == overdraftLimit) return new Outcome.Unchanged();
            books.OverdraftLimit = overdraftLimit;
            return WriteAccountEntry(EntryKind.AccountChanged, at);
        });
    }

    public Outcome Suspend(long now) =>
        Decide(now, at => Become(at, AccountStatus.Suspended, EntryKind.AccountSuspended));

    public Outcome Reactivate(long now) =>
        Decide(now, at => Become(at, AccountStatus.Active, EntryKind.AccountReactivated));

    public Outcome Close(long now, bool releaseHolds = false) => Decide(now, at =>
    {
        if (books.Status == AccountStatus.Closed) return new Outcome.Unchanged();
        var open = books.Holds.Where(hold => hold.Status == HoldStatus.Held).OrderBy(hold => hold.Id.Sequence).ToList();
        if (open.Count > 0 && !releaseHolds) return Refusals.Conflict(books.Status);
        foreach (var hold in open) WriteRelease(at, hold);

        books.Open(EntryKind.AccountClosed, at);
        foreach (var grant in books.Grants.Where(grant => grant.Remaining + grant.Pending > 0).ToList())
            VoidUnspent(grant);
        books.Status = AccountStatus.Closed;
        return books.Write(subject: null, amount: 0);
    });

    private Outcome Become(long at, AccountStatus status, EntryKind kind)
    {
        if (books.Status == AccountStatus.Closed) return Refusals.AccountClosed;
        if (books.Status == status) return new Outcome.Unchanged();
        books.Status = status;
        return WriteAccountEntry(kind, at);
    }

    private Outcome WriteAccountEntry(EntryKind kind, long at)
    {
        books.Open(kind, at);
        return books.Write(subject: null, amount: 0);
    }
}
