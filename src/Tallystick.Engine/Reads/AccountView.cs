using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Grants;
using Tallystick.Core.Holds;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Reads;

/// <summary>
/// An account as of one instant, with everything due by then: what is open from its state, what is over from the
/// records beside it.
/// </summary>
public sealed class AccountView
{
    /// <summary>Records that one page looks at when a filter lets few of them pass.</summary>
    private const int LookedAtMax = 5_000;
    private const int Step = 200;

    private readonly ILedgerStore _store;
    private readonly CancellationToken _cancel;
    private readonly Dictionary<RecordKey, ChainRecord> _changed;

    internal AccountView(
        ILedgerStore store, AccountState state, Instant at, ProjectTerms terms, CancellationToken cancel)
    {
        State = AccountRules.At(state, at, terms, out var changed);
        At = at;
        (_store, _cancel) = (store, cancel);
        _changed = changed.ToDictionary(record => record.Key);
    }

    public AccountState State { get; }
    public Instant At { get; }

    public async ValueTask<Grant?> GrantAsync(ThingNumber number) =>
        State.OpenGrant(number) ?? (Grant?)await RecordAsync(new(RecordKind.Grant, number));

    public async ValueTask<Hold?> HoldAsync(ThingNumber number) =>
        State.IndexOfHold(number) is >= 0 and var index ? State.Holds[index]
            : (Hold?)await RecordAsync(new(RecordKind.Hold, number));

    /// <summary>A charge or capture with what has been refunded of it.</summary>
    public async ValueTask<Charge?> ChargeAsync(ThingNumber number) =>
        (Charge?)await RecordAsync(new(RecordKind.Charge, number));

    /// <summary>A licence, also one that has moved on.</summary>
    public async ValueTask<License?> LicenseAsync(ThingNumber number) =>
        State.FindLicense(number) ?? (License?)await RecordAsync(new(RecordKind.License, number));

    /// <summary>Licences, newest first, that pass the filter.</summary>
    public ValueTask<ThingPage<License>> LicensesAsync(Func<License, bool> filter, ThingNumber before, int limit) =>
        ListAsync(RecordKind.License, State.Licenses, filter, before, limit);

    /// <summary>Grants, newest first, that pass the filter.</summary>
    public ValueTask<ThingPage<Grant>> GrantsAsync(Func<Grant, bool> filter, ThingNumber before, int limit) =>
        ListAsync(RecordKind.Grant, State.Grants, filter, before, limit);

    /// <summary>Holds, newest first, that pass the filter.</summary>
    public ValueTask<ThingPage<Hold>> HoldsAsync(Func<Hold, bool> filter, ThingNumber before, int limit) =>
        ListAsync(RecordKind.Hold, State.Holds, filter, before, limit);

    private async ValueTask<ThingPage<T>> ListAsync<T>(
        RecordKind kind, IEnumerable<T> open, Func<T, bool> filter, ThingNumber before, int limit) where T : ChainRecord
    {
        var things = open.Concat(_changed.Values.OfType<T>()).Where(thing => thing.Number < before)
            .ToDictionary(thing => thing.Number);
        var page = new List<T>();
        for (var looked = 0; ;)
        {
            var stored = await _store.ListRecordsAsync(State.Key, kind, before, Step, _cancel);
            var reached = stored.Count < Step ? default : stored[^1];
            var from = before;
            var numbers = stored.Concat(
                things.Keys.Where(number => number < from && number >= reached)).Distinct().OrderDescending();
            foreach (var number in numbers)
            {
                looked++;
                before = number;
                var thing = things.GetValueOrDefault(number)
                    ?? (T?)await _store.LoadRecordAsync(State.Key, new(kind, number), _cancel);
                if (thing is null || !filter(thing)) continue;
                if (page.Count == limit) return new(page, page[^1].Number);
                page.Add(thing);
            }
            if (stored.Count < Step) return new(page, default);
            if (looked >= LookedAtMax) return new(page, before);
        }
    }

    private async ValueTask<ChainRecord?> RecordAsync(RecordKey key) =>
        _changed.GetValueOrDefault(key) ?? await ChainReader.RecordAsync(_store, State.Key, null, key, _cancel);
}
