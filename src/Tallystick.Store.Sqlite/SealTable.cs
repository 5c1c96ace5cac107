using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite;

/// <summary>The rows of seals.</summary>
internal static class SealTable
{
    private const string SelectSql = "SELECT project, number, at, position, heads, root, hash FROM seal";
    private const string InsertSql =
        "INSERT INTO seal (project, number, at, position, heads, root, hash) VALUES (?, ?, ?, ?, ?, ?, ?)";

    public static void Insert(Writer writer, Seal seal, long position)
    {
        var insert = writer.Statement(InsertSql);
        insert.Bind(1, seal.Project);
        insert.Bind(2, seal.Number);
        insert.Bind(3, seal.At.Micros);
        insert.Bind(4, position);
        insert.Bind(5, seal.Heads.Bytes.Span);
        insert.Bind(6, seal.Root);
        insert.Bind(7, seal.Hash);
        insert.Run();
    }

    public static (Seal Seal, long Position)? Last(SqliteConnection connection, int project)
    {
        using var select = connection.Prepare($"{SelectSql} WHERE project = ? ORDER BY number DESC LIMIT 1");
        select.Bind(1, project);
        return select.Step() ? Read(select) : null;
    }

    public static IReadOnlyList<SealSummary> List(SqliteConnection connection, int project, long before, int limit)
    {
        using var select = connection.Prepare(
            "SELECT number, at, length(heads), root, hash FROM seal WHERE project = ? AND number < ? "
            + "ORDER BY number DESC LIMIT ?");
        select.Bind(1, project);
        select.Bind(2, before);
        select.Bind(3, limit);
        var seals = new List<SealSummary>();
        while (select.Step())
            seals.Add(new(
                select.Int(0), new(select.Int(1)), select.Int(2) / SealedHeads.HeadBytes, select.Blob(3),
                select.Blob(4)));
        return seals;
    }

    public static IEnumerable<Seal> All(SqliteConnection connection) =>
        WithPositions(connection).Select(found => found.Seal);

    /// <summary>Each with the position up to which it covers the journal.</summary>
    public static IEnumerable<(Seal Seal, long Position)> WithPositions(SqliteConnection connection)
    {
        using var select = connection.Prepare($"{SelectSql} ORDER BY project, number");
        while (select.Step()) yield return Read(select);
    }

    public static Seal Make(int project, Instant at, Seal? previous, Dictionary<ChainKey, ChainHead> changed)
    {
        var chains = changed.Keys.ToArray();
        Array.Sort(chains);
        var bytes = new byte[chains.Length * SealedHeads.HeadBytes];
        Span<byte> hash = stackalloc byte[HashChain.Size];
        for (var i = 0; i < chains.Length; i++)
        {
            var head = changed[chains[i]];
            head.CopyHash(hash);
            SealedHeads.Write(bytes, i, chains[i].Number, head.Sequence, hash);
        }
        return Seal.After(previous, project, at, new(project, bytes));
    }

    private static (Seal Seal, long Position) Read(SqliteStatement row)
    {
        var project = (int)row.Int(0);
        var seal = new Seal
        {
            Project = project, Number = row.Int(1), At = new(row.Int(2)), Heads = new(project, row.Blob(4)),
            Root = row.Blob(5), Hash = row.Blob(6),
        };
        return (seal, row.Int(3));
    }
}
