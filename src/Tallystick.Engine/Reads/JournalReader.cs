using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Reads;

/// <summary>Reads the entries of one chain, newest first.</summary>
public sealed class JournalReader
{
    /// <summary>Entries that one page looks at when a filter lets few of them pass.</summary>
    private const int LookedAtMax = 20_000;
    private const int Step = 500;

    private readonly ILedgerStore _store;
    private readonly ChainKey _chain;

    internal JournalReader(ILedgerStore store, ChainKey chain) => (_store, _chain) = (store, chain);

    /// <summary>
    /// Entries older than <paramref name="before"/> that pass; a page may be short before the list is over.
    /// </summary>
    /// <returns>The entries, and the sequence to go on before; 0 when the list is over.</returns>
    public async ValueTask<(IReadOnlyList<SealedEntry> Entries, long Next)> ReadAsync(
        Func<SealedEntry, bool> filter, long before, long notBefore, int limit, CancellationToken cancel)
    {
        var page = new List<SealedEntry>();
        for (var looked = 0; before > notBefore && looked < LookedAtMax;)
        {
            var first = Math.Max(notBefore, before - Step);
            var entries = await _store.ReadAsync(_chain, first, before - 1, cancel);
            for (var i = entries.Count - 1; i >= 0; i--, looked++)
            {
                if (!filter(entries[i])) continue;
                if (page.Count == limit) return (page, entries[i].Entry.Sequence + 1);
                page.Add(entries[i]);
            }
            before = first;
        }
        return (page, before > notBefore ? before : 0);
    }

    /// <summary>Entries with a reference id, older than <paramref name="before"/>.</summary>
    public async ValueTask<(IReadOnlyList<SealedEntry> Entries, long Next)> FindReferenceAsync(
        string referenceId, Func<SealedEntry, bool> filter, long before, int limit, CancellationToken cancel)
    {
        var page = new List<SealedEntry>();
        for (var looked = 0; looked < LookedAtMax; looked += Step)
        {
            var found = await _store.FindReferenceAsync(_chain, referenceId, before, Step, cancel);
            foreach (var sequence in found)
            {
                var entry = (await _store.ReadAsync(_chain, sequence, sequence, cancel))[0];
                if (!filter(entry)) continue;
                if (page.Count == limit) return (page, sequence + 1);
                page.Add(entry);
            }
            if (found.Count < Step) return (page, 0);
            before = found[^1];
        }
        return (page, before);
    }

    public ValueTask<long?> FindKeyAsync(string key, CancellationToken cancel) =>
        _store.FindKeyAsync(_chain, key, cancel);

    /// <summary>
    /// The first entry dated at or after an instant, of entries up to <paramref name="last"/>; one more if none is.
    /// </summary>
    public async ValueTask<long> FirstFromAsync(Instant at, long last, CancellationToken cancel)
    {
        var (low, high) = (1L, last + 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var entry = (await _store.ReadAsync(_chain, middle, middle, cancel))[0];
            if (entry.Entry.At >= at) high = middle; else low = middle + 1;
        }
        return low;
    }
}
