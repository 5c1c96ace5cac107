using Tallystick.Core.Journal;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// The blocks behind a run's data: its index (the row's own numbers, then the first key of every data block) and its
/// filter. The numbers are repeated since a run's row has no sum of its own.
/// </summary>
internal static class RunCodec
{
    private const int ChunkBytes = 8 * 1024;

    public static List<byte[]> EncodeIndex(RunRow row, IReadOnlyList<ItemKey> firsts)
    {
        var blocks = new List<byte[]>();
        var writer = new BlockWriter();
        writer.Add(Header(row), []);
        foreach (var first in firsts)
        {
            if (writer.Length >= ChunkBytes) blocks.Add(writer.Take());
            writer.Add(first, []);
        }
        blocks.Add(writer.Take());
        return blocks;
    }

    public static List<byte[]> EncodeFilter(KeyFilter filter)
    {
        var blocks = new List<byte[]>();
        for (var rest = filter.Bytes; !rest.IsEmpty; rest = rest[Math.Min(ChunkBytes, rest.Length)..])
            blocks.Add(BlockSum.Append(rest[..Math.Min(ChunkBytes, rest.Length)]));
        return blocks;
    }

    public static Run Open(RunRow row, BlockSource source)
    {
        // The row's numbers are not trusted yet: nothing is reserved by them.
        var firsts = new List<ItemKey>();
        for (var i = 0; i < row.IndexBlocks; i++)
        {
            var reader = new BlockReader(Read(row, row.DataBlocks + i, source));
            while (reader.MoveNext()) firsts.Add(reader.Key);
        }
        if (firsts.Count != row.DataBlocks + 1 || firsts[0] != Header(row))
            throw new JournalCorruptException($"index run {row.Id} is not what its own index says");
        firsts.RemoveAt(0);
        using var filter = new MemoryStream();
        for (var i = 0; i < row.FilterBlocks; i++)
            filter.Write(Read(row, row.DataBlocks + row.IndexBlocks + i, source).Span);
        return new(row, [.. firsts], KeyFilter.From(filter.GetBuffer().AsSpan(0, (int)filter.Length)));
    }

    private static ReadOnlyMemory<byte> Read(RunRow row, int block, BlockSource source)
    {
        var id = Run.BlockId(row.Id, block);
        return BlockSum.Check(source(id) ?? throw new JournalCorruptException($"index block {id} is missing"), id);
    }

    // Sums of what must agree, in the shape of a key, since that is what an index block holds.
    private static ItemKey Header(RunRow row) => new(
        row.FirstPosition, row.Level, (ItemTag)byte.MaxValue,
        unchecked((ulong)row.LastPosition * 0x9E3779B97F4A7C15UL + (ulong)row.Items * 31 + (ulong)row.FilterBlocks));
}
