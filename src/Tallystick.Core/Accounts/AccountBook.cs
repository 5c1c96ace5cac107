using System.Collections.Immutable;
using Tallystick.Core.Charges;
using Tallystick.Core.Grants;
using Tallystick.Core.Holds;
using Tallystick.Core.Imports;
using Tallystick.Core.Journal;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Core.Accounts;

/// <summary>
/// An account while one command is decided, or entries are folded: the open things, unpacked, and what leaves them.
/// Short-lived, one thread. Credits move only by <see cref="Apply"/>, for deciding and folding alike, so that the two
/// cannot differ.
/// </summary>
internal sealed partial class AccountBook
{
    /// <summary>Among how many open things what falls due next is found anew: a tenth of a microsecond.</summary>
    private const int LooksMax = 32;

    private readonly AccountState? _base;
    private readonly IRecords _records;

    // A plain charge changes no record, and misses none.
    private Dictionary<RecordKey, ChainRecord>? _changed;
    private List<RecordKey>? _missing;
    private ImmutableArray<Grant> _grants;
    private ImmutableArray<Hold> _holds;

    // Some have ended and are still in the array: of many that end together each would move all that are behind it.
    private bool _hasEnded;
    private ImmutableList<Debt> _debts;
    private ThingNumber _repaying;

    public AccountBook(ChainKey key, AccountState? state, IRecords records)
    {
        Key = key;
        _base = state;
        _records = records;
        _grants = state?.Grants ?? [];
        _holds = state?.Holds ?? [];
        _debts = state?.Debts ?? [];
        AccountId = state?.AccountId ?? "";
        Status = state?.Status ?? AccountStatus.Active;
        CreatedAt = state?.CreatedAt ?? default;
        Texts = state?.Texts ?? TextMarks.None;
        Terms = state?.Terms ?? AccountTerms.Default;
        Membership = state?.Membership;
        TiersTaken = state?.TiersTaken ?? [];
        Budgets = state?.Budgets ?? [];
        Licenses = state?.Licenses ?? [];
        Imported = state?.Imported ?? ImportedBooks.None;
        Remaining = state?.Remaining ?? default;
        GrantsHeld = state?.GrantsHeld ?? default;
        Owed = state?.Owed ?? default;
        Reserved = state?.Reserved ?? default;
        Issued = state?.Issued ?? default;
        Sequence = state?.Sequence ?? 0;
        Head = state?.Head ?? HashChain.Genesis;
        LastAt = state?.LastAt ?? default;
        NextDue = state?.NextDueBound;
    }

    public ChainKey Key { get; }
    public string AccountId { get; private set; }
    public AccountStatus Status { get; private set; }
    public Instant CreatedAt { get; private set; }
    public TextMarks Texts { get; private set; }
    public AccountTerms Terms { get; private set; }
    public Membership? Membership { get; private set; }
    public ImmutableArray<string> TiersTaken { get; private set; }
    public ImmutableArray<Budget> Budgets { get; private set; }
    public ImportedBooks Imported { get; private set; }
    public CreditAmount Remaining { get; private set; }
    public CreditAmount GrantsHeld { get; private set; }
    public CreditAmount Owed { get; private set; }
    public CreditAmount Reserved { get; private set; }
    public CreditAmount Issued { get; private set; }
    public long Sequence { get; private set; }
    public byte[] Head { get; private set; }
    public Instant LastAt { get; private set; }
    public Instant? NextDue { get; set; }
    public ImmutableArray<Grant> Grants => _grants;
    public ImmutableArray<Hold> Holds
    {
        get
        {
            if (_hasEnded) _holds = _holds.RemoveAll(hold => _changed!.ContainsKey(hold.Key));
            _hasEnded = false;
            return _holds;
        }
    }

    public ImmutableList<Debt> Debts => _debts;
    public CreditAmount Available => Remaining - Owed - Reserved;
    public CreditAmount Balance => Available + GrantsHeld + Reserved;

    /// <summary>What an admission may take; negative beyond the overdraft's limit, where nothing passes.</summary>
    public CreditAmount Reach => CreditAmount.SumWithin(Available, Terms.OverdraftLimit);
    public CreditAmount Affordable => CreditAmount.Max(default, Reach);

    /// <summary>What the account can still be given before its sums leave 64 bits.</summary>
    public CreditAmount Room => CreditAmount.Max(
        default, CreditAmount.MaxValue - CreditAmount.SumWithin(Remaining, GrantsHeld));
    public IReadOnlyCollection<ChainRecord> ChangedRecords => _changed is null ? [] : _changed.Values;

    /// <summary>What had to be looked at and was not at hand; whatever was read instead counts for nothing.</summary>
    public IReadOnlyList<RecordKey> Missing => _missing ?? (IReadOnlyList<RecordKey>)[];

    public AccountState ToState() => (_base ?? new() { Key = Key, AccountId = AccountId }) with
    {
        Key = Key, AccountId = AccountId, Status = Status, CreatedAt = CreatedAt, Texts = Texts,
        Terms = Terms, Membership = Membership, TiersTaken = TiersTaken, Budgets = Budgets, Grants = _grants,
        Holds = Holds,
        Debts = _debts, Licenses = Licenses, Imported = Imported, Remaining = Remaining,
        GrantsHeld = GrantsHeld, Owed = Owed, Reserved = Reserved, Issued = Issued, Sequence = Sequence, Head = Head,
        LastAt = LastAt, NextDueBound = TightDue,
    };

    /// <summary>
    /// What was to fall due next may have ended before: exact where looking costs little, so that an account that rests
    /// with nothing open is not looked at again and again.
    /// </summary>
    private Instant? TightDue =>
        NextDue is null || Holds.Length + _grants.Length > LooksMax ? NextDue : DueWork.NextAt(this);

    public Grant? FindGrant(ThingNumber number)
    {
        foreach (var grant in _grants)
            if (grant.Number == number) return grant;
        return (Grant?)FindRecord(new(RecordKind.Grant, number));
    }

    public Hold? FindHold(ThingNumber number)
    {
        var index = IndexOfHold(number);
        return index >= 0 ? _holds[index] : (Hold?)FindRecord(new(RecordKind.Hold, number));
    }

    public Charge? FindCharge(ThingNumber number) => (Charge?)FindRecord(new(RecordKind.Charge, number));

    public Debt? FindDebt(ThingNumber number) =>
        OpenDebt(number) ?? (Debt?)FindRecord(new(RecordKind.Debt, number));

    public Budget? FindBudget(string id) => Budgets.FirstOrDefault(budget => budget.Id == id);

    private ChainRecord? FindRecord(RecordKey key)
    {
        if (_changed is not null && _changed.TryGetValue(key, out var changed)) return changed;
        if (_records.TryGet(key, out var record)) return record;
        (_missing ??= []).Add(key);
        return null;
    }

    public void Set(Grant grant)
    {
        InvariantBrokenException.Require(
            grant.Pending + grant.Remaining + grant.Held + grant.Used + grant.Expired + grant.Voided == grant.Amount,
            "I3", $"the pools of grant {grant.Number.Value} do not sum to {grant.Amount}");
        var index = IndexOfGrant(grant.Number);
        if (!grant.IsOpen)
        {
            if (index >= 0) _grants = _grants.RemoveAt(index);
            Changed(grant);
            return;
        }
        _changed?.Remove(grant.Key);
        if (index >= 0) _grants = _grants.SetItem(index, grant);
        else
        {
            var place = _grants.BinarySearch(grant, BurnOrder.Instance);
            _grants = _grants.Insert(~place, grant);
        }
        if (grant.Pending.IsPositive) DueBy(grant.EffectiveAt);
        if (grant is { ExpiresAt: { } expires, Remaining.IsPositive: true } && !EndsByPeriod(grant)) DueBy(expires);
    }

    /// <summary>
    /// Expired by the entry that ends its period, not by one of its own. A closed account has no more periods.
    /// </summary>
    public bool EndsByPeriod(Grant grant) => grant.EndsWithPeriod && Status != AccountStatus.Closed;

    public void Set(Hold hold)
    {
        var index = IndexOfHold(hold.Number);
        if (hold.Status != HoldStatus.Held)
        {
            if (index >= 0 && _holds.Length > LooksMax) _hasEnded = true;
            else if (index >= 0) _holds = _holds.RemoveAt(index);
            Changed(hold);
            return;
        }
        _holds = index >= 0 ? _holds.SetItem(index, hold) : _holds.Add(hold);
        DueBy(hold.ExpiresAt);
    }

    public void Set(Charge charge) => Changed(charge);

    public void Set(Debt debt)
    {
        var index = Debt.IndexIn(_debts, debt.Number);
        if (debt.Owed.IsPositive) _debts = index < 0 ? _debts.Add(debt) : _debts.SetItem(index, debt);
        else
        {
            if (index >= 0) _debts = _debts.RemoveAt(index);
            Changed(debt);
        }
    }

    private void Changed(ChainRecord record) => (_changed ??= [])[record.Key] = record;

    private void DueBy(Instant at) => NextDue = NextDue is { } due ? Instant.Min(due, at) : at;

    private int IndexOfGrant(ThingNumber number)
    {
        for (var i = 0; i < _grants.Length; i++)
            if (_grants[i].Number == number) return i;
        return -1;
    }

    private int IndexOfHold(ThingNumber number)
    {
        var (low, high) = (0, _holds.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = _holds[middle].Number.CompareTo(number);
            if (order == 0) return _hasEnded && _changed!.ContainsKey(_holds[middle].Key) ? -1 : middle;
            if (order < 0) low = middle + 1; else high = middle - 1;
        }
        return -1;
    }
}
