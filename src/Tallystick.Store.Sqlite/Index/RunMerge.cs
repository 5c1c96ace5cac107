using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// The items of several runs in order. Of items with the same key the newest run's is taken; those found by the hash of
/// an idempotency key are joined, since two keys may have the same hash, and rollups are added up.
/// </summary>
internal static class RunMerge
{
    public static IEnumerable<(ItemKey Key, ReadOnlyMemory<byte> Value)> Merge(
        IReadOnlyList<Run> newestFirst, BlockSource source) =>
        Split(Merge([.. newestFirst.Select(run => run.All(source))]));

    /// <summary>Items of some chains and of some kinds, none of which is a rollup.</summary>
    public static IEnumerable<(ItemKey Key, ReadOnlyMemory<byte> Value)> Merge(
        IReadOnlyList<Run> newestFirst, ChainRange chains, Func<ItemTag, bool> isAsked, BlockSource source) =>
        Merge([.. newestFirst.Select(run => run.Of(chains, isAsked, source))]);

    private static IEnumerable<(ItemKey Key, ReadOnlyMemory<byte> Value)> Of(
        this Run run, ChainRange chains, Func<ItemTag, bool> isAsked, BlockSource source) =>
        run.Ascend(ItemKey.FirstOf(chains), ItemKey.LastOf(chains), source).Where(item => isAsked(item.Key.Tag));

    /// <summary>The same, run by run: what several runs say of a key is there several times.</summary>
    public static IEnumerable<(ItemKey Key, ReadOnlyMemory<byte> Value)> Each(
        IReadOnlyList<Run> runs, ChainRange chains, Func<ItemTag, bool> isAsked, BlockSource source) =>
        runs.SelectMany(run => run.Of(chains, isAsked, source));

    private static IEnumerable<(ItemKey Key, ReadOnlyMemory<byte> Value)> Merge(
        IReadOnlyList<IEnumerable<(ItemKey Key, ReadOnlyMemory<byte> Value)>> newestFirst)
    {
        var cursors = newestFirst.Select(items => items.GetEnumerator()).ToList();
        try
        {
            for (var i = cursors.Count - 1; i >= 0; i--) Advance(cursors, i);
            while (cursors.Count > 0)
            {
                var least = 0;
                for (var i = 1; i < cursors.Count; i++)
                    if (cursors[i].Current.Key.CompareTo(cursors[least].Current.Key) < 0) least = i;
                var (key, value) = cursors[least].Current;
                for (var i = cursors.Count - 1; i >= least; i--)
                {
                    if (cursors[i].Current.Key != key) continue;
                    if (i > least) value = Combine(key.Tag, value, cursors[i].Current.Value);
                    Advance(cursors, i);
                }
                yield return (key, value);
            }
        }
        finally
        {
            foreach (var cursor in cursors) cursor.Dispose();
        }
    }

    /// <summary>With what takes the place of rollups that have become too long for one item.</summary>
    private static IEnumerable<(ItemKey Key, ReadOnlyMemory<byte> Value)> Split(
        IEnumerable<(ItemKey Key, ReadOnlyMemory<byte> Value)> items)
    {
        var parts = new PriorityQueue<ReadOnlyMemory<byte>, ItemKey>();
        foreach (var (key, value) in items)
        {
            var whole = value;
            while (parts.TryPeek(out var part, out var at) && at.CompareTo(key) <= 0)
            {
                parts.Dequeue();
                if (at == key) whole = Combine(key.Tag, part, whole);
                else yield return (at, part);
            }
            if (key.Tag != ItemTag.Rollup || !RollupId.IsTooLong(key.Id, value.Length)) yield return (key, whole);
            else foreach (var (id, part) in RollupId.Split(value.Span)) parts.Enqueue(part, key with { Id = id });
        }
        while (parts.TryDequeue(out var part, out var at)) yield return (at, part);
    }

    private static void Advance(List<IEnumerator<(ItemKey, ReadOnlyMemory<byte>)>> cursors, int index)
    {
        if (cursors[index].MoveNext()) return;
        cursors[index].Dispose();
        cursors.RemoveAt(index);
    }

    private static ReadOnlyMemory<byte> Combine(ItemTag tag, ReadOnlyMemory<byte> newer, ReadOnlyMemory<byte> older)
    {
        if (tag == ItemTag.Key) return (byte[])[.. newer.Span, .. older.Span];
        if (tag != ItemTag.Rollup) return newer;
        var sum = Rollup.Decode(newer.Span);
        sum.AddEncoded(older.Span, RollupPick.Everything);
        return sum.Bounded().Encode();
    }
}
