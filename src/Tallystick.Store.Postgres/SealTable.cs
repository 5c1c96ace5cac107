using System.Data;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres;

/// <summary>
/// The rows of seals. Heads are fixed records: number, sequence, hash. One snapshot gives the heads that changed; of
/// two nodes that seal at once the key of the seal lets one pass.
/// </summary>
internal static class SealTable
{
    public const string SelectSql = "SELECT project, number, at, heads, root, hash FROM tallystick.seal";
    private const string ListSql = """
        SELECT number, at, octet_length(heads), root, hash FROM tallystick.seal
        WHERE project = $1 AND number < $2 ORDER BY number DESC LIMIT $3
        """;
    private const string ChangedSql = """
        SELECT c.number, c.sequence, j.hash FROM tallystick.chain c
        LEFT JOIN tallystick.sealed_head s ON s.project = c.project AND s.number = c.number
        JOIN tallystick.journal j ON j.project = c.project AND j.number = c.number AND j.sequence = c.sequence
        WHERE c.project = $1 AND c.sequence IS DISTINCT FROM s.sequence ORDER BY c.number
        """;
    private const string InsertSql = """
        INSERT INTO tallystick.seal (project, number, at, heads, root, hash) VALUES ($1, $2, $3, $4, $5, $6)
        """;
    private const string CoverSql = """
        INSERT INTO tallystick.sealed_head (project, number, sequence) SELECT $1, * FROM unnest($2, $3)
        ON CONFLICT (project, number) DO UPDATE SET sequence = excluded.sequence
        """;

    public static async Task<Seal?> WriteAsync(
        NpgsqlConnection connection, int project, Instant at, TimeSpan patience)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        await using var settings = new NpgsqlCommand(string.Create(CultureInfo.InvariantCulture, $"""
            SELECT set_config('synchronous_commit', 'on', true), set_config(
                'statement_timeout', '{patience.TotalMilliseconds}', true),
                set_config('idle_in_transaction_session_timeout', '{patience.TotalMilliseconds}', true)
            """), connection);
        await settings.ExecuteNonQueryAsync();
        var previous = await LastAsync(connection, project);
        var heads = await ChangedAsync(connection, project);
        var seal = heads.Count == 0 ? Seal.Unchanged(previous, at) : Seal.After(previous, project, at, heads);
        if (seal is null) return null;
        await InsertAsync(connection, seal);
        await transaction.CommitAsync();
        return seal;
    }

    public static async Task<Seal?> LastAsync(NpgsqlConnection connection, int project)
    {
        await using var select = new NpgsqlCommand(
            $"{SelectSql} WHERE project = $1 ORDER BY number DESC LIMIT 1", connection);
        select.Parameters.Add(new() { Value = project });
        await using var row = await select.ExecuteReaderAsync();
        return await row.ReadAsync() ? Read(row) : null;
    }

    public static async Task<IReadOnlyList<SealSummary>> ListAsync(
        NpgsqlConnection connection, int project, long before, int limit)
    {
        await using var select = new NpgsqlCommand(ListSql, connection);
        foreach (var value in (object[])[project, before, limit]) select.Parameters.Add(new() { Value = value });
        await using var row = await select.ExecuteReaderAsync();
        var seals = new List<SealSummary>();
        while (await row.ReadAsync())
            seals.Add(new(
                row.GetInt64(0), new(row.GetInt64(1)), row.GetInt32(2) / SealedHeads.HeadBytes,
                row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4)));
        return seals;
    }

    public static Seal Read(NpgsqlDataReader row)
    {
        var project = row.GetInt32(0);
        return new()
        {
            Project = project, Number = row.GetInt64(1), At = new(row.GetInt64(2)),
            Heads = new(project, row.GetFieldValue<byte[]>(3)),
            Root = row.GetFieldValue<byte[]>(4), Hash = row.GetFieldValue<byte[]>(5),
        };
    }

    private static async Task<SealedHeads> ChangedAsync(
        NpgsqlConnection connection, int project)
    {
        await using var select = new NpgsqlCommand(ChangedSql, connection);
        select.Parameters.Add(new() { Value = project });
        await using var row = await select.ExecuteReaderAsync();
        var heads = new List<SealedHead>();
        while (await row.ReadAsync())
            heads.Add(new(new(project, row.GetInt64(0)), row.GetInt64(1), row.GetFieldValue<byte[]>(2)));
        return SealedHeads.Of(project, heads);
    }

    private static async Task InsertAsync(NpgsqlConnection connection, Seal seal)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command(InsertSql, seal.Project, seal.Number, seal.At.Micros, seal.Heads.Bytes, seal.Root, seal.Hash),
                Command(CoverSql, seal.Project, seal.Heads.Select(head => head.Key.Number).ToArray(),
                    seal.Heads.Select(head => head.Sequence).ToArray()),
            },
        };
        await batch.ExecuteNonQueryAsync();
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}
