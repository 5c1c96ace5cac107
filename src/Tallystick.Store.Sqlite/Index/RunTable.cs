using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>The SQL of runs and their blocks.</summary>
internal static class RunTable
{
    private const string InsertBlock = "INSERT INTO run_block (id, bytes) VALUES (?, ?)";
    private const string InsertRun = """
        INSERT INTO run (run, level, first_position, last_position, items, data_blocks, index_blocks, filter_blocks)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """;
    private const string SelectRuns = """
        SELECT run, level, first_position, last_position, items, data_blocks, index_blocks, filter_blocks
        FROM run ORDER BY last_position DESC
        """;
    private const string DeleteRun = "DELETE FROM run WHERE run = ?";
    private const string DeleteBlocks = """
        DELETE FROM run_block WHERE id IN (SELECT id FROM run_block WHERE id >= ? AND id < ? ORDER BY id LIMIT ?)
        """;

    public static void WriteBlocks(Writer writer, long firstId, IReadOnlyList<byte[]> blocks)
    {
        var insert = writer.Statement(InsertBlock);
        foreach (var block in blocks)
        {
            insert.Bind(1, firstId++);
            insert.Bind(2, block);
            insert.Run();
        }
    }

    public static void Write(Writer writer, RunRow row)
    {
        var insert = writer.Statement(InsertRun);
        ReadOnlySpan<long> values =
        [
            row.Id, row.Level, row.FirstPosition, row.LastPosition, row.Items,
            row.DataBlocks, row.IndexBlocks, row.FilterBlocks,
        ];
        for (var i = 0; i < values.Length; i++) insert.Bind(i + 1, values[i]);
        insert.Run();
    }

    public static void Delete(Writer writer, long run)
    {
        var delete = writer.Statement(DeleteRun);
        delete.Bind(1, run);
        delete.Run();
    }

    /// <summary>Deletes at most so many blocks; how many it was.</summary>
    public static int DeleteSome(Writer writer, (long From, long To) ids, int limit)
    {
        var delete = writer.Statement(DeleteBlocks);
        delete.Bind(1, ids.From);
        delete.Bind(2, ids.To);
        delete.Bind(3, limit);
        delete.Run();
        return writer.Connection.Changes;
    }

    /// <summary>The runs, newest first.</summary>
    public static IndexView Load(SqliteReader reader)
    {
        var rows = new List<RunRow>();
        using var select = reader.Connection.Prepare(SelectRuns);
        while (select.Step())
        {
            rows.Add(new()
            {
                Id = select.Int(0), Level = (int)select.Int(1),
                FirstPosition = select.Int(2), LastPosition = select.Int(3),
                Items = select.Int(4), DataBlocks = (int)select.Int(5), IndexBlocks = (int)select.Int(6),
                FilterBlocks = (int)select.Int(7),
            });
        }
        return new([.. rows.Select(row => RunCodec.Open(row, reader.Block))]);
    }

    /// <summary>
    /// Where the present runs begin and end, a difference in what they cover; null if they cover it all once.
    /// </summary>
    public static string? FindGap(IndexView view)
    {
        var next = 1L;
        foreach (var run in view.Runs.Reverse())
        {
            if (run.Row.FirstPosition != next)
                return $"index run {run.Row.Id} begins at position {run.Row.FirstPosition} instead of {next}";
            next = run.Row.LastPosition + 1;
        }
        return null;
    }

    /// <summary>
    /// Ranges of block ids that belong to no run: what was being written or deleted when the process ended.
    /// </summary>
    public static List<(long From, long To)> FindUnowned(IndexView view, long nextRunId)
    {
        var ranges = new List<(long, long)>();
        var from = 0L;
        foreach (var row in view.Runs.Select(run => run.Row).OrderBy(row => row.Id))
        {
            ranges.Add((from, Run.BlockId(row.Id, 0)));
            from = Run.BlockId(row.Id, row.Blocks);
        }
        ranges.Add((from, Run.BlockId(nextRunId, 0)));
        return ranges;
    }

    /// <summary>
    /// An id above all that were ever used: readers take a missing block for a run that was merged away.
    /// </summary>
    public static long NextRunId(SqliteConnection connection) => 1 + Math.Max(
        connection.ScalarInt("SELECT max(run) FROM run") ?? 0,
        Run.RunOf(connection.ScalarInt("SELECT max(id) FROM run_block") ?? 0));
}
