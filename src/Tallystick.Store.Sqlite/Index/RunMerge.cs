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
        IReadOnlyList<Run> newestFirst, BlockSource source) => Merge([.. newestFirst.Select(run => run.All(source))]);

    public static IEnumerable<(ItemKey Key, ReadOnlyMemory<byte> Value)> Merge(
        IReadOnlyList<Run> newestFirst, ChainRange chains, BlockSource source)
    {
        var (from, to) = (ItemKey.FirstOf(chains), ItemKey.LastOf(chains));
        return Merge([.. newestFirst.Select(run => run.Ascend(from, to, source))]);
    }

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
        sum.AddEncoded(older.Span, static _ => true);
        return sum.Bounded().Encode();
    }
}
