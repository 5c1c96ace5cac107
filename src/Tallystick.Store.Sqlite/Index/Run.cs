namespace Tallystick.Store.Sqlite.Index;

/// <summary>Reads a block by its id; null when there is none, since its run was merged away meanwhile.</summary>
internal delegate byte[]? BlockSource(long id);

/// <summary>The row of a run: what it covers, and where its blocks are.</summary>
internal sealed record RunRow
{
    public required long Id { get; init; }
    public required int Level { get; init; }

    /// <summary>The positions of the journal that the run covers, both inclusive.</summary>
    public required long FirstPosition { get; init; }
    public required long LastPosition { get; init; }
    public required long Items { get; init; }
    public required int DataBlocks { get; init; }
    public required int IndexBlocks { get; init; }
    public required int FilterBlocks { get; init; }
    public int Blocks => DataBlocks + IndexBlocks + FilterBlocks;
}

/// <summary>
/// An immutable sorted list of items in blocks. The first key of each block and the filter are in memory, so that an
/// absent key costs nothing and a present one costs one block.
/// </summary>
internal sealed class Run(RunRow row, ItemKey[] firsts, KeyFilter filter)
{
    private const int BlockBits = 24;
    public const int BlocksMax = 1 << BlockBits;

    public RunRow Row => row;
    public long FilterKeys => filter.Keys;

    public static long BlockId(long run, int block) => (run << BlockBits) | (uint)block;
    public static long RunOf(long blockId) => blockId >> BlockBits;

    /// <summary>False when an item with this key is certainly absent.</summary>
    public bool MayContain(in ItemKey key) => firsts.Length > 0 && (!key.IsFiltered || filter.MayContain(key));

    /// <summary>The value of an item; null if it is absent.</summary>
    public ReadOnlyMemory<byte>? Find(in ItemKey key, BlockSource source)
    {
        if (!MayContain(key)) return null;
        var block = BlockFor(key);
        if (block < 0) return null;
        var reader = Open(block, source);
        while (reader.MoveNext())
        {
            var order = reader.Key.CompareTo(key);
            if (order == 0) return reader.Value;
            if (order > 0) break;
        }
        return null;
    }

    /// <summary>The newest version of an item up to that of the key; null if there is none.</summary>
    public ReadOnlyMemory<byte>? FindVersion(in ItemKey key, BlockSource source)
    {
        if (!MayContain(key)) return null;
        foreach (var (_, value) in Descend(key, key with { Version = 0 }, source)) return value;
        return null;
    }

    /// <summary>Items from one key to another, both inclusive.</summary>
    public IEnumerable<(ItemKey Key, ReadOnlyMemory<byte> Value)> Ascend(ItemKey from, ItemKey to, BlockSource source)
    {
        for (var block = Math.Max(0, BlockFor(from)); block < firsts.Length; block++)
        {
            if (firsts[block].CompareTo(to) > 0) yield break;
            var reader = Open(block, source);
            while (reader.MoveNext())
            {
                if (reader.Key.CompareTo(from) < 0) continue;
                if (reader.Key.CompareTo(to) > 0) yield break;
                yield return (reader.Key, reader.Value);
            }
        }
    }

    /// <summary>Items from one key down to another, both inclusive.</summary>
    public IEnumerable<(ItemKey Key, ReadOnlyMemory<byte> Value)> Descend(ItemKey from, ItemKey to, BlockSource source)
    {
        for (var block = BlockFor(from); block >= 0; block--)
        {
            var items = new List<(ItemKey, ReadOnlyMemory<byte>)>();
            var reader = Open(block, source);
            while (reader.MoveNext() && reader.Key.CompareTo(from) <= 0)
                if (reader.Key.CompareTo(to) >= 0) items.Add((reader.Key, reader.Value));
            for (var i = items.Count - 1; i >= 0; i--) yield return items[i];
            if (firsts[block].CompareTo(to) < 0) yield break;
        }
    }

    /// <summary>All items in order.</summary>
    public IEnumerable<(ItemKey Key, ReadOnlyMemory<byte> Value)> All(BlockSource source)
    {
        for (var block = 0; block < firsts.Length; block++)
        {
            var reader = Open(block, source);
            while (reader.MoveNext()) yield return (reader.Key, reader.Value);
        }
    }

    private BlockReader Open(int block, BlockSource source)
    {
        var id = BlockId(row.Id, block);
        return new(BlockSum.Check(source(id) ?? throw new BlockMissingException(id), id));
    }

    /// <summary>The last block that starts at or before the key; -1 if the key is before all.</summary>
    private int BlockFor(in ItemKey key)
    {
        var (low, high) = (0, firsts.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (firsts[middle].CompareTo(key) <= 0) low = middle + 1; else high = middle - 1;
        }
        return high;
    }
}

/// <summary>A reader's run was merged and dropped under it: it looks again at the present runs.</summary>
internal sealed class BlockMissingException(long id) : Exception($"index block {id} is missing");
