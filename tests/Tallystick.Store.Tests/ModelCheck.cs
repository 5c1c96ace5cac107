using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>Holds every answer of a store against the lists that the test kept.</summary>
internal static class ModelCheck
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static async Task AllAsync(ILedgerStore store, TestChains model, Random random)
    {
        foreach (var chain in model.Journal.Keys) await ChainAsync(store, model, chain, random);
        foreach (var ((chain, key), record) in model.Records)
            Assert.Equal(record.Encode(), (await store.LoadRecordAsync(chain, key, None))?.Encode());
    }

    public static async Task ChainAsync(ILedgerStore store, TestChains model, ChainKey chain, Random random)
    {
        var entries = model.Journal[chain];
        Assert.Equal(model.State(chain)!.Encode(), (await store.LoadAsync(chain, None))?.Encode());
        var first = random.Next(1, entries.Count + 1);
        var last = random.Next(first, entries.Count + 3);
        Same(entries.Skip(first - 1).Take(last - first + 1), await store.ReadAsync(chain, first, last, None));
        Same(entries.Skip(first - 1).Take(1), await store.ReadAsync(chain, first, first, None));

        var some = entries[random.Next(entries.Count)].Entry;
        if (some.Origin?.Key is { } key) Assert.Equal(some.Sequence, await store.FindKeyAsync(chain, key, None));
        Assert.Null(await store.FindKeyAsync(chain, $"absent-{random.Next()}", None));
        if ((some.Body as EntryBody.Charged)?.ReferenceId is { } reference)
            await ReferencesAsync(store, entries, chain, reference, random);
        await RecordsAsync(store, model, chain, random);
        await CheckpointAsync(store, entries, chain, some.At);
    }

    private static async Task ReferencesAsync(
        ILedgerStore store, List<SealedEntry> entries, ChainKey chain, string reference, Random random)
    {
        var (before, limit) = (random.Next(1, entries.Count + 3), random.Next(1, 5));
        var expected = entries.Where(entry => (entry.Entry.Body as EntryBody.Charged)?.ReferenceId == reference)
            .Select(entry => entry.Entry.Sequence).Where(sequence => sequence < before).OrderDescending().Take(limit);
        Assert.Equal(expected, await store.FindReferenceAsync(chain, reference, before, limit, None));
    }

    private static async Task RecordsAsync(ILedgerStore store, TestChains model, ChainKey chain, Random random)
    {
        var (before, limit) = (new ThingNumber(random.Next(1, 8), random.Next(3)), random.Next(1, 6));
        var expected = model.Records.Keys.Where(key => key.Item1 == chain).Select(key => key.Item2.Number)
            .Where(number => number < before).OrderDescending().Take(limit);
        Assert.Equal(expected, await store.ListRecordsAsync(chain, RecordKind.Debt, before, limit, None));
        Assert.Empty(await store.ListRecordsAsync(chain, RecordKind.Grant, before, limit, None));
    }

    private static async Task CheckpointAsync(ILedgerStore store, List<SealedEntry> entries, ChainKey chain, Instant at)
    {
        var state = await store.LoadCheckpointAsync(chain, at, None);
        if (state is null) return;
        Assert.True(state.LastAt <= at);
        var entry = entries[(int)state.Sequence - 1];
        Assert.Equal(entry.Hash, state.Head);
        Assert.Equal(entry.Entry.At, state.LastAt);
    }

    private static void Same(IEnumerable<SealedEntry> expected, IReadOnlyList<SealedEntry> actual)
    {
        var wanted = expected.ToList();
        Assert.Equal(wanted.Select(entry => entry.Entry.Sequence), actual.Select(entry => entry.Entry.Sequence));
        foreach (var (left, right) in wanted.Zip(actual))
        {
            Assert.Equal(left.Bytes, right.Bytes);
            Assert.Equal(left.Hash, right.Hash);
            Assert.Equal(left.Text?.Content.ToArray(), right.Text?.Content.ToArray());
        }
    }
}
