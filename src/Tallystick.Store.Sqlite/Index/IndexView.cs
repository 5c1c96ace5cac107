using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// The runs at one moment, newest first. Immutable; replaced as a whole when a run is finished or merged.
/// </summary>
internal sealed record IndexView(ImmutableArray<Run> Runs)
{
    public static readonly IndexView Empty = new([]);

    /// <summary>Everything up to this position is in the runs.</summary>
    public long TrailedPosition => Runs.IsEmpty ? 0 : Runs[0].Row.LastPosition;

    public IndexView With(Run added, IReadOnlyCollection<Run> dropped) => new(
        [.. Runs.Where(run => !dropped.Contains(run)).Append(added).OrderByDescending(run => run.Row.LastPosition)]);

    public ReadOnlyMemory<byte>? Find(in ItemKey key, BlockSource source)
    {
        foreach (var run in Runs)
            if (run.Find(key, source) is { } value) return value;
        return null;
    }

    /// <summary>The newest version of an item up to that of the key.</summary>
    public ReadOnlyMemory<byte>? FindVersion(in ItemKey key, BlockSource source)
    {
        foreach (var run in Runs)
            if (run.FindVersion(key, source) is { } value) return value;
        return null;
    }

    public bool MayContain(in ItemKey key)
    {
        foreach (var run in Runs)
            if (run.MayContain(key)) return true;
        return false;
    }

    /// <summary>All entries that an idempotency key's hash leads to; the caller compares the keys themselves.</summary>
    public List<Located> FindKey(in ItemKey key, BlockSource source)
    {
        var found = new List<Located>();
        foreach (var run in Runs)
        {
            if (run.Find(key, source) is not { } value) continue;
            for (var offset = 0; offset < value.Length;)
            {
                var sequence = (long)Varint.Read(value.Span, ref offset);
                found.Add(new(sequence, (long)Varint.Read(value.Span, ref offset)));
            }
        }
        return found;
    }

    public long? FindPosition(ChainKey chain, long sequence, BlockSource source) =>
        Find(ItemKey.Entry(chain, sequence), source) is { } value ? Position(value) : null;

    /// <summary>Positions of a chain's entries, by sequence.</summary>
    public SortedDictionary<long, long> FindPositions(ChainKey chain, long first, long last, BlockSource source)
    {
        var positions = new SortedDictionary<long, long>();
        foreach (var run in Runs)
        {
            foreach (var (key, value) in run.Ascend(ItemKey.Entry(chain, first), ItemKey.Entry(chain, last), source))
                positions[key.Sequence] = Position(value);
            if (positions.Count == last - first + 1) break;
        }
        return positions;
    }

    /// <summary>Entries whose reference id has the hash, descending; the caller compares the ids themselves.</summary>
    public List<Located> FindReferences(ChainKey chain, ulong hash, long before, int limit, BlockSource source)
    {
        var (from, to) = (ItemKey.Reference(chain, hash, before - 1), ItemKey.Reference(chain, hash, 0));
        var found = new List<Located>();
        foreach (var run in Runs)
            foreach (var (key, value) in run.Descend(from, to, source).Take(limit))
                found.Add(new(key.Sequence, Position(value)));
        return [.. found.OrderByDescending(entry => entry.Sequence).Take(limit)];
    }

    public IEnumerable<ThingNumber> FindRecords(
        ChainKey chain, RecordKind kind, ThingNumber before, int limit, BlockSource source)
    {
        var end = ItemKey.Record(chain, new RecordKey(kind, before));
        if (end.Id == 0) return [];
        var newest = end with { Id = end.Id - 1, Version = ulong.MaxValue };
        var found = new List<ThingNumber>();
        foreach (var run in Runs)
            found.AddRange(run.Descend(newest, ItemKey.Record(chain, kind, 0), source)
                .Select(item => item.Key.Thing).Distinct().Take(limit));
        return found;
    }

    public ReadOnlyMemory<byte>? FindCheckpoint(ChainKey chain, Instant at, BlockSource source)
    {
        var (from, to) = (ItemKey.Checkpoint(chain, at), ItemKey.Checkpoint(chain, new(long.MinValue)));
        foreach (var run in Runs)
            foreach (var (_, value) in run.Descend(from, to, source)) return value;
        return null;
    }

    /// <summary>Adds what the runs say of a period.</summary>
    public void AddRollups(RollupQuery query, Rollup sum, BlockSource source)
    {
        var ranges = RangesOf(query).ToList();
        foreach (var run in Runs)
        {
            // What one account has of many ranges is often in one block.
            var (last, block) = (-1L, (byte[]?)null);
            foreach (var (from, to, pick) in ranges)
                foreach (var (_, value) in run.Ascend(from, to, Read)) sum.AddEncoded(value.Span, pick);

            byte[]? Read(long id)
            {
                if (id != last) (last, block) = (id, source(id));
                return block;
            }
        }
    }

    private static IEnumerable<(ItemKey From, ItemKey To, RollupPick Pick)> RangesOf(RollupQuery query)
    {
        var (chain, pick) = (query.Chain, query.Pick);
        if (query.From >= query.To) yield break;
        if (!chain.IsProject)
        {
            var (first, last) = (Slots.DayOf(query.From), Slots.DayOf(query.To - 1));
            yield return (
                ItemKey.Rollup(chain, RollupId.OfDay(first)), ItemKey.Rollup(chain, RollupId.OfDay(last)), pick);
        }
        foreach (var (grain, from, to) in query.Parts)
        {
            foreach (var axis in new[] { Axis.All, query.Axis }.Distinct())
            {
                yield return (
                    ItemKey.Rollup(chain, RollupId.Of(grain, axis, from)),
                    ItemKey.Rollup(chain, RollupId.Of(grain, axis, to - 1)),
                    pick with { Axis = axis, WithAll = false });
            }
        }
    }

    private static long Position(ReadOnlyMemory<byte> value)
    {
        var offset = 0;
        return (long)Varint.Read(value.Span, ref offset);
    }
}
