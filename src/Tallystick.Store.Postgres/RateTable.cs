using System.Buffers.Binary;
using Npgsql;
using Tallystick.Engine.Limits;

namespace Tallystick.Store.Postgres;

/// <summary>
/// The rows that nodes count limits in. An ask is two round trips in one transaction: the rows are locked and read, and
/// the database is asked for its time once they are; then they are written. Nothing of it is logged or flushed.
/// </summary>
internal sealed class RateTable(string settings, TimeProvider time)
{
    private const int ForgottenAtOnce = 1_000;
    private const int ForgottenAfter = 10 * RateWindow.Segments;
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(1);

    // A row that is only read would not be locked, and one that is missing could not be.
    private const string LockSql = """
        INSERT INTO tallystick.rate AS r (project, kind, id, segment, used)
        SELECT project, kind, id, 0, '' FROM unnest($1, $2, $3) AS a (project, kind, id)
        ON CONFLICT (project, kind, id) DO UPDATE SET segment = r.segment
        RETURNING r.project, r.kind, r.id, r.segment, r.used
        """;

    private const string WriteSql = """
        UPDATE tallystick.rate r SET segment = a.segment, used = a.used
        FROM unnest($1, $2, $3, $4, $5) AS a (project, kind, id, segment, used)
        WHERE r.project = a.project AND r.kind = a.kind AND r.id = a.id
        """;

    // Whoever locks one of them uses it.
    private const string ForgetSql = """
        DELETE FROM tallystick.rate r USING (
            SELECT project, kind, id FROM tallystick.rate WHERE segment < $1 LIMIT $2 FOR UPDATE SKIP LOCKED) a
        WHERE r.project = a.project AND r.kind = a.kind AND r.id = a.id
        """;

    private long _forgotAt = time.GetTimestamp();

    public async Task<IReadOnlyList<RateLease>> LeaseAsync(NpgsqlConnection connection, IReadOnlyList<RateAsk> asks)
    {
        // In one order, so that two nodes never wait for each other.
        var sorted = asks.OrderBy(ask => ask.Thing.Project).ThenBy(ask => ask.Thing.Kind)
            .ThenBy(ask => ask.Thing.Id, StringComparer.Ordinal).ToList();
        var (windows, now) = await LockAsync(connection, sorted);
        var leases = sorted.ToDictionary(
            ask => ask.Thing, ask => RateLease.Of(windows[ask.Thing], now, ask));
        await WriteAsync(connection, sorted, leases, RateWindow.SegmentAt(now - DateTimeOffset.UnixEpoch));
        return [.. asks.Select(ask => leases[ask.Thing])];
    }

    private async Task<(Dictionary<RateThing, RateWindow> Windows, DateTimeOffset Now)> LockAsync(
        NpgsqlConnection connection, List<RateAsk> sorted)
    {
        await using var commands = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("BEGIN ISOLATION LEVEL READ COMMITTED"), new(settings), OfThings(LockSql, sorted),
                new("SELECT clock_timestamp()"),
            },
        };
        await using var rows = await commands.ExecuteReaderAsync();
        await rows.NextResultAsync();
        var windows = new Dictionary<RateThing, RateWindow>();
        while (await rows.ReadAsync())
            windows[new((RateKind)rows.GetInt16(1), rows.GetInt32(0), rows.GetString(2))] =
                new(rows.GetInt64(3), Decode(rows.GetFieldValue<byte[]>(4)));
        await rows.NextResultAsync();
        await rows.ReadAsync();
        var now = new DateTimeOffset(rows.GetDateTime(0), TimeSpan.Zero);
        await rows.NextResultAsync();
        return (windows, now);
    }

    private async Task WriteAsync(
        NpgsqlConnection connection, List<RateAsk> sorted, Dictionary<RateThing, RateLease> leases, long segment)
    {
        var write = OfThings(WriteSql, sorted);
        write.Parameters.Add(new() { Value = sorted.Select(ask => leases[ask.Thing].Segment).ToArray() });
        write.Parameters.Add(
            new() { Value = sorted.Select(ask => Encode(leases[ask.Thing].Window.ToArray())).ToArray() });
        await using var commands = new NpgsqlBatch(connection) { BatchCommands = { write } };
        if (time.GetElapsedTime(_forgotAt) > ForgetEvery)
        {
            _forgotAt = time.GetTimestamp();
            commands.BatchCommands.Add(new(ForgetSql)
            {
                Parameters = { new() { Value = segment - ForgottenAfter }, new() { Value = ForgottenAtOnce } },
            });
        }
        commands.BatchCommands.Add(new("COMMIT"));
        await commands.ExecuteNonQueryAsync();
    }

    private static NpgsqlBatchCommand OfThings(string sql, List<RateAsk> asks) => new(sql)
    {
        Parameters =
        {
            new() { Value = asks.Select(ask => ask.Thing.Project).ToArray() },
            new() { Value = asks.Select(ask => (short)ask.Thing.Kind).ToArray() },
            new() { Value = asks.Select(ask => ask.Thing.Id).ToArray() },
        },
    };

    private static byte[] Encode(long[] used)
    {
        var bytes = new byte[used.Length * sizeof(long)];
        for (var i = 0; i < used.Length; i++)
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(i * sizeof(long)), used[i]);
        return bytes;
    }

    private static long[] Decode(byte[] bytes) =>
        [.. bytes.Chunk(sizeof(long)).Select(figure => BinaryPrimitives.ReadInt64BigEndian(figure))];
}
