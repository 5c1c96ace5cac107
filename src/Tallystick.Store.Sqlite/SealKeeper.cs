using System.Buffers.Binary;
using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite;

/// <summary>
/// Which heads have changed since each project's last seal. Noted under the store's write lock; what had changed before
/// the store was opened is read from the journal when the first seal is made.
/// </summary>
internal sealed class SealKeeper(long openedAtPosition)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Dictionary<ChainKey, (long Sequence, byte[] Hash)>> _changed = [];
    private readonly HashSet<int> _isComplete = [];

    public void NoteCommit(IReadOnlyList<ChainChange> batch)
    {
        lock (_lock)
        {
            // Most batches are of one project.
            var (project, heads) = (0, (Dictionary<ChainKey, (long, byte[])>?)null);
            for (var i = 0; i < batch.Count; i++)
            {
                var (chain, state) = (batch[i].Key, batch[i].State);
                if (heads is null || project != chain.Project)
                    (project, heads) = (chain.Project, HeadsOf(chain.Project));
                heads[chain] = (state.Sequence, state.Head);
            }
        }
    }

    /// <summary>Adds what changed after the last seal and before the store was opened. Once per project.</summary>
    public void Complete(int project, long sealedPosition, SqliteConnection connection)
    {
        lock (_lock)
            if (_isComplete.Contains(project)) return;
        var older = new Dictionary<ChainKey, (long, byte[])>();
        using var rows = connection.Prepare("""
            SELECT number, sequence, hash FROM journal
            WHERE position > ? AND position <= ? AND project = ? ORDER BY position
            """);
        rows.Bind(1, sealedPosition);
        rows.Bind(2, openedAtPosition);
        rows.Bind(3, project);
        while (rows.Step()) older[new(project, rows.Int(0))] = (rows.Int(1), rows.Blob(2));
        PutBack(project, older);
        lock (_lock) _isComplete.Add(project);
    }

    public Dictionary<ChainKey, (long Sequence, byte[] Hash)> Take(int project)
    {
        lock (_lock) return _changed.Remove(project, out var heads) ? heads : [];
    }

    /// <summary>Adds heads that are older than what has been noted.</summary>
    public void PutBack(int project, Dictionary<ChainKey, (long Sequence, byte[] Hash)> heads)
    {
        lock (_lock)
        {
            var present = HeadsOf(project);
            foreach (var (chain, head) in heads) present.TryAdd(chain, head);
        }
    }

    private Dictionary<ChainKey, (long Sequence, byte[] Hash)> HeadsOf(int project)
    {
        if (!_changed.TryGetValue(project, out var heads)) _changed.Add(project, heads = []);
        return heads;
    }
}

/// <summary>The rows of seals. Heads are fixed records: number, sequence, hash.</summary>
internal static class SealTable
{
    private const int HeadBytes = 8 + 8 + HashChain.Size;
    private const string SelectSql = "SELECT project, number, at, position, heads, root, hash FROM seal";
    private const string InsertSql =
        "INSERT INTO seal (project, number, at, position, heads, root, hash) VALUES (?, ?, ?, ?, ?, ?, ?)";

    public static void Insert(Writer writer, Seal seal, long position)
    {
        var heads = new byte[seal.Heads.Length * HeadBytes];
        for (var i = 0; i < seal.Heads.Length; i++)
        {
            var head = heads.AsSpan(i * HeadBytes, HeadBytes);
            BinaryPrimitives.WriteInt64BigEndian(head, seal.Heads[i].Key.Number);
            BinaryPrimitives.WriteInt64BigEndian(head[8..], seal.Heads[i].Sequence);
            seal.Heads[i].Hash.CopyTo(head[16..]);
        }
        var insert = writer.Statement(InsertSql);
        insert.Bind(1, seal.Project);
        insert.Bind(2, seal.Number);
        insert.Bind(3, seal.At.Micros);
        insert.Bind(4, position);
        insert.Bind(5, heads);
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
                select.Int(0), new(select.Int(1)), select.Int(2) / HeadBytes, select.Blob(3), select.Blob(4)));
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

    public static Seal Make(
        int project, Instant at, Seal? previous, Dictionary<ChainKey, (long Sequence, byte[] Hash)> changed)
    {
        var heads = changed.OrderBy(head => head.Key)
            .Select(head => new SealedHead(head.Key, head.Value.Sequence, [.. head.Value.Hash])).ToImmutableArray();
        return Seal.After(previous, project, at, heads);
    }

    private static (Seal Seal, long Position) Read(SqliteStatement row)
    {
        var project = (int)row.Int(0);
        var bytes = row.Blob(4);
        var heads = ImmutableArray.CreateBuilder<SealedHead>(bytes.Length / HeadBytes);
        for (var rest = bytes.AsSpan(); rest.Length >= HeadBytes; rest = rest[HeadBytes..])
        {
            var chain = new ChainKey(project, BinaryPrimitives.ReadInt64BigEndian(rest));
            heads.Add(new(chain, BinaryPrimitives.ReadInt64BigEndian(rest[8..]), [.. rest[16..HeadBytes]]));
        }
        var seal = new Seal
        {
            Project = project, Number = row.Int(1), At = new(row.Int(2)), Heads = heads.ToImmutable(),
            Root = row.Blob(5), Hash = row.Blob(6),
        };
        return (seal, row.Int(3));
    }
}
