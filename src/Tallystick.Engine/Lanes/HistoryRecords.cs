using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Explanations;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Lanes;

/// <summary>
/// Records while a chain is folded from a checkpoint, or from its first entry: what the fold itself has changed, and
/// the forms that went with the checkpoint. A charge that was not refunded by then is what its entry says.
/// </summary>
internal sealed class HistoryRecords(ChainState? checkpoint)
{
    private readonly LoadedRecords _records = new();

    public async ValueTask<AccountState> FoldAsync(
        ILedgerStore store, AccountState? state, SealedEntry entry, CancellationToken cancel)
    {
        while (true)
        {
            var (next, changed) = ChainFold.Next(state, entry, _records, out var missing);
            if (missing.Count == 0)
            {
                foreach (var record in changed) _records.Add(record.Key, record);
                return (AccountState)next;
            }
            await LoadAsync(store, entry.Entry.Chain, missing, cancel);
        }
    }

    /// <summary>Explains the entry that follows what has been folded.</summary>
    public async ValueTask<Explanation> ExplainAsync(
        ILedgerStore store, AccountState? state, SealedEntry entry, CancellationToken cancel)
    {
        while (true)
        {
            if (Explainer.Explain(state, entry, _records, out var missing) is { } explanation) return explanation;
            await LoadAsync(store, entry.Entry.Chain, missing, cancel);
        }
    }

    /// <summary>A licence that is no longer in the state that has been folded; null if it never was.</summary>
    public async ValueTask<License?> LicenseAsync(
        ILedgerStore store, ChainKey chain, ThingNumber number, CancellationToken cancel)
    {
        var key = new RecordKey(RecordKind.License, number);
        if (!_records.TryGet(key, out var known)) known = await FormAsync(store, chain, key, cancel);
        return (License?)known;
    }

    private async ValueTask LoadAsync(
        ILedgerStore store, ChainKey chain, IReadOnlyList<RecordKey> missing, CancellationToken cancel)
    {
        foreach (var key in missing) _records.Add(key, await FormAsync(store, chain, key, cancel));
    }

    private async ValueTask<ChainRecord?> FormAsync(
        ILedgerStore store, ChainKey chain, RecordKey key, CancellationToken cancel)
    {
        if (checkpoint is not null && await store.LoadRecordAsync(checkpoint, key, cancel) is { } form) return form;
        if (key.Kind != RecordKind.Charge) return null;
        var entry = await ChainReader.EntryAsync(store, chain, null, key.Number.Sequence, cancel);
        return entry is null ? null : Charge.From(entry.Entry);
    }
}
