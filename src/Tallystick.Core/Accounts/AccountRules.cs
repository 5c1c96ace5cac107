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
using Tallystick.Core.Usage;

namespace Tallystick.Core.Accounts;

/// <summary>The front door of an account: state, command and time in; entries or a refusal out. Pure.</summary>
public static class AccountRules
{
    public static Decision Decide(
        ChainKey key, AccountState? state, AccountCommand command, Envelope envelope, IRecords records)
    {
        if (state is null && command is not AccountCommand.PutAccount) return new Rejection.NotFound("account");
        var book = new AccountBook(key, state, records);
        var draft = new EntryDraft(book);
        var moment = new Moment(Instant.Max(envelope.Now, book.LastAt), envelope);
        var due = 0;
        try
        {
            DueWork.Settle(book, draft, moment.At, envelope.Terms);
            due = draft.Count;
            var rejection = Dispatch(book, draft, command, moment, out var repeats);
            if (book.Missing.Count > 0) return new Decision.Needs([.. book.Missing]);
            if (repeats > 0) return new Decision.Repeats(repeats, rejection);
            if (rejection is not null) return rejection;
        }
        catch (OverflowException)
        {
            // Every sum is checked; which one left 64 bits does not matter to whoever asked for too much.
            return new Rejection.LimitExceeded("amount");
        }
        // Only the sweeper enters due work by itself: a command that changes nothing writes nothing.
        return draft.Count == (command is AccountCommand.SettleDue ? 0 : due)
            ? new Decision.Unchanged()
            : new Decision.Accepted(draft.Entries, book.ToState(), book.ChangedRecords);
    }

    /// <summary>
    /// Folds one committed entry. Throws <see cref="InvariantBrokenException"/> when it cannot have happened.
    /// </summary>
    public static (ChainState State, IReadOnlyCollection<ChainRecord> Records) Fold(
        AccountState? state, SealedEntry entry, IRecords records, out IReadOnlyList<RecordKey> missing)
    {
        var book = new AccountBook(entry.Entry.Chain, state, records);
        book.Fold(entry);
        missing = book.Missing;
        return (book.ToState(), book.ChangedRecords);
    }

    /// <summary>The state as it stands at an instant: with everything due by then, written or not.</summary>
    public static AccountState At(AccountState state, Instant at, ProjectTerms terms) => At(state, at, terms, out _);

    /// <param name="changed">What has left the state by then, or changed beside it.</param>
    public static AccountState At(
        AccountState state, Instant at, ProjectTerms terms, out IReadOnlyCollection<ChainRecord> changed)
    {
        changed = [];
        if (state.NextDue is not { } due || due > at) return state;
        var book = new AccountBook(state.Key, state, LoadedRecords.None);
        DueWork.Settle(book, new EntryDraft(book), Instant.Max(at, state.LastAt), terms);
        changed = book.ChangedRecords;
        return book.ToState();
    }

    /// <summary>Whether the account's state and balance would let an amount pass, whoever spends it.</summary>
    public static Rejection? Check(AccountState state, CreditAmount amount) =>
        state.Status switch
        {
            AccountStatus.Closed => new Rejection.AccountClosed(),
            AccountStatus.Suspended => new Rejection.AccountSuspended(),
            _ => amount > state.Affordable ? new Rejection.InsufficientCredits(amount, state.Affordable) : null,
        };

    /// <summary>What a charge or hold would come to: the very rules that it would be decided by.</summary>
    public static AdmissionCheck Check(AccountState state, Demand demand, Spender spender, Envelope envelope)
    {
        var book = new AccountBook(state.Key, state, LoadedRecords.None);
        var moment = new Moment(Instant.Max(envelope.Now, state.LastAt), envelope);
        var refusal = ChargeRules.Admit(book, demand, spender, moment, out var priced, out var counts);
        var tier = book.TierRates(demand.Usage, moment.At, moment);
        var (left, _) = LimitRules.Check(book.LimitView(moment.Terms, moment.At), counts, default, moment.At);
        var affordable = state.Status == AccountStatus.Active ? CreditAmount.Min(state.Affordable, left) : default;
        return new(refusal, priced, affordable, left)
        {
            AffordableMaxTokens = priced.AffordableOutput(affordable, envelope.Prices, tier),
        };
    }

    private static Rejection? Dispatch(
        AccountBook book, EntryDraft draft, AccountCommand command, Moment moment, out long repeats)
    {
        repeats = 0;
        return command switch
        {
            AccountCommand.PutAccount put => Put(book, draft, put, moment),
            AccountCommand.SuspendAccount =>
                Become(book, draft, AccountStatus.Suspended, new EntryBody.AccountSuspended(), moment),
            AccountCommand.ReactivateAccount =>
                Become(book, draft, AccountStatus.Active, new EntryBody.AccountReactivated(), moment),
            AccountCommand.CloseAccount close => Close(book, draft, close, moment),
            AccountCommand.EraseText => Erase(book, draft, moment, out repeats),
            AccountCommand.GiveCredits grant => GrantRules.Grant(book, draft, grant, moment),
            AccountCommand.VoidGrant voids => GrantRules.Void(book, draft, voids, moment, out repeats),
            AccountCommand.ChargeCredits charge => ChargeRules.Charge(book, draft, charge, moment),
            AccountCommand.PlaceHold hold => HoldRules.Place(book, draft, hold, moment),
            AccountCommand.CaptureHold capture => HoldRules.Capture(book, draft, capture, null, moment, out repeats),
            AccountCommand.ReleaseHold release =>
                HoldRules.Release(book, draft, release.Hold, null, moment, out repeats),
            AccountCommand.ExtendHold extend => HoldRules.Extend(book, draft, extend, moment, out repeats),
            AccountCommand.EndJob end => HoldRules.EndJob(book, draft, end, moment, out repeats),
            AccountCommand.RefundCharge refund => new RefundRules(book, draft, moment).Refund(refund),
            AccountCommand.CorrectCharge correct => new CorrectionRules(book, draft, moment).Correct(correct),
            AccountCommand.RecordUsage usage => UsageRules.Record(book, draft, usage, moment),
            AccountCommand.ImportHistory history => ImportRules.RecordHistory(draft, history.Row, moment),
            AccountCommand.ImportBalance balance => ImportRules.TakeBalance(book, draft, balance, moment),
            AccountCommand.PutBudget put => LimitRules.Put(book, draft, put, moment),
            AccountCommand.RemoveBudget remove => LimitRules.Remove(book, draft, remove, moment),
            AccountCommand.IssueLicense issue => LicenseRules.Issue(book, draft, issue, moment),
            AccountCommand.ChangeLicense change => LicenseRules.Change(book, draft, change, moment),
            AccountCommand.ExpireLicense expire => LicenseRules.Expire(book, draft, expire, moment),
            AccountCommand.DeactivateLicense deactivate => LicenseRules.Deactivate(book, draft, deactivate, moment),
            AccountCommand.ReactivateLicense reactivate => LicenseRules.Reactivate(book, draft, reactivate, moment),
            AccountCommand.ReceiveLicense receive => LicenseRules.Receive(book, draft, receive, moment),
            AccountCommand.MoveLicense move => LicenseRules.Leave(book, draft, move, moment),
            AccountCommand.SettleDue => null,
            _ => throw new System.Diagnostics.UnreachableException(command.GetType().Name),
        };
    }

    private static Rejection? Put(AccountBook book, EntryDraft draft, AccountCommand.PutAccount put, Moment moment)
    {
        if (put.OnlyNew && book.Sequence > 0) return null;
        if (book.Status == AccountStatus.Closed) return new Rejection.AccountClosed();
        var text = ProfileOf(put, moment);
        var terms = put.Apply(book.Terms);
        if (!moment.Terms.Calendar.Knows(terms.TimeZone))
            return new Rejection.InvalidField("time_zone", "not in the IANA time zone database");
        if (book.Sequence == 0)
            draft.Enter(new EntryBody.AccountOpened(put.AccountId, terms), moment.At, moment.Origin, text);
        else if (terms != book.Terms || text is not null)
            draft.Enter(new EntryBody.AccountChanged(terms), moment.At, moment.Origin, text);
        if (put.Tier is not null) return TierRules.Take(book, draft, put.Tier, put.TierChange, moment);
        if (terms.MonthlyCap is not null) TierRules.BeginWithout(book, draft, moment);
        return null;
    }

    /// <summary>The whole profile, as the text of an entry that changes it; null where nothing changes.</summary>
    private static EntryText? ProfileOf(AccountCommand.PutAccount put, Moment moment)
    {
        if (moment.Text is not { IsErased: false } text) return moment.Text;
        var profile = put.Present.With(put.Changes);
        return profile == put.Present ? null : text with { Content = ProfileText.Write(profile) };
    }

    /// <summary>Where nothing has been written since the last time, that was it.</summary>
    private static Rejection? Erase(AccountBook book, EntryDraft draft, Moment moment, out long repeats)
    {
        repeats = book.Texts.HasText ? 0 : book.Texts.ErasedAt;
        if (repeats == 0) draft.Enter(new EntryBody.TextErased(), moment);
        return null;
    }

    private static Rejection? Become(
        AccountBook book, EntryDraft draft, AccountStatus status, EntryBody body, Moment moment)
    {
        if (book.Status == AccountStatus.Closed) return new Rejection.AccountClosed();
        if (book.Status != status) draft.Enter(body, moment);
        return null;
    }

    private static Rejection? Close(
        AccountBook book, EntryDraft draft, AccountCommand.CloseAccount close, Moment moment)
    {
        if (book.Status == AccountStatus.Closed) return null;
        if (book.Holds.Length > 0 && !close.ReleaseHolds)
            return new Rejection.AccountConflict(book.Status, "holds are open");
        var origin = moment.Origin is null ? null : moment.Origin with { Key = null };
        foreach (var hold in book.Holds)
        {
            HoldRules.GiveBack(book, draft, hold.Open, moment.At);
            draft.Enter(new EntryBody.Released(hold.Number, null), moment.At, origin);
        }
        foreach (var grant in book.Grants)
        {
            draft.Move(MoveKind.Void, grant.Number, grant.Remaining);
            draft.Move(MoveKind.VoidPending, grant.Number, grant.Pending);
        }
        draft.Enter(new EntryBody.AccountClosed(), moment);
        return null;
    }
}
