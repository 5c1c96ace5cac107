namespace Tallystick.Store.Sqlite.Index;

/// <summary>Makes a run of items that come in order; hands out each block as soon as it is full.</summary>
internal sealed class RunBuilder(
    long id, int level, (long First, long Last) positions, long filterKeys, int blockBytes)
{
    private readonly BlockWriter _writer = new();
    private readonly List<ItemKey> _firsts = [];
    private readonly KeyFilter _filter = new(filterKeys);
    private long _items;

    /// <summary>A block that this item filled, or null.</summary>
    public byte[]? Add(in ItemKey key, ReadOnlySpan<byte> value)
    {
        _writer.Add(key, value);
        if (key.IsFiltered) _filter.Add(key);
        _items++;
        return _writer.Length >= blockBytes ? TakeBlock() : null;
    }

    /// <summary>The rest of the blocks, and the run that they make.</summary>
    public (List<byte[]> Blocks, Run Run) Finish()
    {
        var blocks = new List<byte[]>();
        if (_writer.Length > 0) blocks.Add(TakeBlock());
        var filter = RunCodec.EncodeFilter(_filter);
        var row = new RunRow
        {
            Id = id, Level = level, FirstPosition = positions.First, LastPosition = positions.Last, Items = _items,
            DataBlocks = _firsts.Count, IndexBlocks = 0, FilterBlocks = filter.Count,
        };
        var index = RunCodec.EncodeIndex(row, _firsts);
        row = row with { IndexBlocks = index.Count };
        if (row.Blocks > Run.BlocksMax) throw new InvalidOperationException("a run has too many blocks");
        blocks.AddRange(index);
        blocks.AddRange(filter);
        return (blocks, new(row, [.. _firsts], _filter));
    }

    private byte[] TakeBlock()
    {
        _firsts.Add(_writer.First);
        return _writer.Take();
    }
}
