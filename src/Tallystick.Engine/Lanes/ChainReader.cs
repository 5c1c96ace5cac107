using Tallystick.Core;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Lanes;

/// <summary>Entries and records of a chain, from what a batch has decided so far or from the store.</summary>
internal static class ChainReader
{
    public static async ValueTask<SealedEntry?> EntryAsync(
        ILedgerStore store, ChainKey chain, Batch.Pending? pending, long sequence, CancellationToken cancel)
    {
        if (pending?.Entry(sequence) is { } decided) return decided;
        var read = await store.ReadAsync(chain, sequence, sequence, cancel);
        return read.Count == 0 ? null : read[0];
    }

    /// <summary>A charge that was never refunded has no record: it is what its entry says.</summary>
    public static async ValueTask<ChainRecord?> RecordAsync(
        ILedgerStore store, ChainKey chain, Batch.Pending? pending, RecordKey key, CancellationToken cancel)
    {
        if (pending?.FindRecord(key) is { } decided) return decided;
        if (await store.LoadRecordAsync(chain, key, cancel) is { } record) return record;
        if (key.Kind != RecordKind.Charge || key.Number.Ordinal != 0) return null;
        var entry = await EntryAsync(store, chain, pending, key.Number.Sequence, cancel);
        return entry is null ? null : Charge.From(entry.Entry);
    }

    public static async ValueTask LoadAsync(
        ILedgerStore store, ChainKey chain, Batch.Pending? pending, IEnumerable<RecordKey> keys, LoadedRecords into,
        CancellationToken cancel)
    {
        foreach (var key in keys) into.Add(key, await RecordAsync(store, chain, pending, key, cancel));
    }
}
