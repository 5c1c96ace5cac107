using Npgsql;

namespace Tallystick.Server.Bench;

/// <summary>
/// Bytes of PostgreSQL's write-ahead log for each operation, and how many of them are images of whole pages: those
/// follow a checkpoint, and how often there is one is the server's setting.
/// </summary>
/// <remarks>
/// What the log consists of is known to the extension pg_walinspect (PostgreSQL 15, a superuser's to make); without it
/// only the sum is said.
/// </remarks>
internal sealed class LogBytes(string connection)
{
    private long _bytes, _images, _operations;
    private bool _knowsImages = true;

    public long PerOperation => _bytes / Math.Max(1, _operations);

    /// <summary>Null if the server cannot tell.</summary>
    public long? PerOperationApartFromImages =>
        _knowsImages ? (_bytes - _images) / Math.Max(1, _operations) : null;

    /// <summary>Counts what a round of load brings about.</summary>
    public async Task<LoadResult> CountAsync(Func<Task<LoadResult>> load, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var session = await source.OpenConnectionAsync(cancel);
        await PrepareAsync(session, cancel);
        var before = await PositionAsync(session, cancel);
        var result = await load();
        var after = await PositionAsync(session, cancel);
        _bytes += after - before;
        _operations += result.Operations;
        if (_knowsImages) _images += await ImagesAsync(session, before, after, cancel);
        return result;
    }

    /// <summary>The server keeps its log from here on until the session ends.</summary>
    private async Task PrepareAsync(NpgsqlConnection session, CancellationToken cancel)
    {
        const string Keep = """
            CREATE EXTENSION IF NOT EXISTS pg_walinspect;
            SELECT pg_create_physical_replication_slot('tally_bench_' || pg_backend_pid(), true, true);
            """;
        try
        {
            if (_knowsImages) await new NpgsqlCommand(Keep, session).ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException)
        {
            _knowsImages = false;
        }
    }

    private static async Task<long> PositionAsync(NpgsqlConnection session, CancellationToken cancel)
    {
        const string Position = "SELECT (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint";
        await using var command = new NpgsqlCommand(Position, session);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task<long> ImagesAsync(
        NpgsqlConnection session, long from, long to, CancellationToken cancel)
    {
        const string Images = """
            SELECT coalesce(sum(fpi_size), 0)::bigint
            FROM pg_get_wal_stats('0/0'::pg_lsn + $1::numeric, '0/0'::pg_lsn + $2::numeric)
            """;
        await using var command = new NpgsqlCommand(Images, session) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = (decimal)from });
        command.Parameters.Add(new() { Value = (decimal)to });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
