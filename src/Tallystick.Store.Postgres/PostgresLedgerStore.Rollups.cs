using Npgsql;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres;

public sealed partial class PostgresLedgerStore
{
    // One statement, so one snapshot: what has trailed is in the first part, what has not is in the second.
    private const string ProjectSumSql = """
        SELECT bytes FROM unnest($2, $3, $4) AS a (grain, first, last)
        JOIN tallystick.rollup r ON r.project = $1 AND r.grain = a.grain AND r.slot >= a.first AND r.slot < a.last
            AND r.axis = ANY ($5)
        UNION ALL
        SELECT bytes FROM tallystick.rollup_tail WHERE project = $1
        """;

    private const string AccountSumSql = """
        SELECT bytes, true FROM tallystick.account_rollup
        WHERE project = $1 AND number = $2 AND first_slot < $4 AND last_slot >= $3
        UNION ALL
        SELECT bytes, false FROM tallystick.journal
        WHERE project = $1 AND number = $2 AND sequence > $5 * (
            SELECT coalesce(max(epoch) + 1, 0) FROM tallystick.account_rollup WHERE project = $1 AND number = $2)
        """;

    public ValueTask<Rollup> SumAsync(RollupQuery query, CancellationToken cancel) => ReadAsync(
        connection => query.Chain.IsProject ? SumProjectAsync(connection, query) : SumAccountAsync(connection, query),
        cancel);

    private static async Task<Rollup> SumProjectAsync(NpgsqlConnection connection, RollupQuery query)
    {
        var parts = query.Parts.ToList();
        await using var command = new NpgsqlCommand(ProjectSumSql, connection)
        {
            Parameters =
            {
                new() { Value = query.Chain.Project },
                new() { Value = parts.Select(part => (short)part.Grain).ToArray() },
                new() { Value = parts.Select(part => part.From).ToArray() },
                new() { Value = parts.Select(part => part.To).ToArray() },
                new() { Value = new[] { Axis.All, query.Axis } },
            },
        };
        var sum = new Rollup();
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) sum.AddEncoded(rows.GetFieldValue<byte[]>(0), cell => query.Asks(cell));
        return sum;
    }

    private static async Task<Rollup> SumAccountAsync(NpgsqlConnection connection, RollupQuery query)
    {
        await using var command = new NpgsqlCommand(AccountSumSql, connection)
        {
            Parameters =
            {
                new() { Value = query.Chain.Project }, new() { Value = query.Chain.Number },
                new() { Value = query.From }, new() { Value = query.To }, new() { Value = Checkpoints.Every },
            },
        };
        var (sum, recent) = (new Rollup(), new JournalRollup());
        await using (var rows = await command.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
            {
                var bytes = rows.GetFieldValue<byte[]>(0);
                if (rows.GetBoolean(1)) sum.AddEncoded(bytes, cell => query.Asks(cell));
                else recent.Add(bytes);
            }
        }
        await recent.AddLaterAsync(connection, query.Chain);
        sum.Add(recent.Sum, cell => query.Asks(cell));
        return sum;
    }
}
