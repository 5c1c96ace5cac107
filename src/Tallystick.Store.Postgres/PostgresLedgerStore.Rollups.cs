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

    // The upper end of the last part leaves nothing out: it tells the server that not a third of the journal is meant.
    private const string AccountSumSql = """
        SELECT a.part::integer, r.bytes FROM unnest($3, $4, $5) WITH ORDINALITY AS a (grain, first, last, part)
        JOIN tallystick.account_rollup r ON r.project = $1 AND r.number = $2 AND r.grain = a.grain
            AND r.first_slot >= a.first AND r.first_slot < a.last AND r.axis = ANY ($6)
        UNION ALL
        SELECT -1, bytes FROM tallystick.account_rollup WHERE project = $1 AND number = $2 AND grain = $8
        UNION ALL
        SELECT 0, bytes FROM tallystick.journal
        WHERE project = $1 AND number = $2
            AND sequence > $7 * (
                SELECT coalesce(max(epochs), 0) FROM tallystick.account_epochs WHERE project = $1 AND number = $2)
            AND sequence <= (SELECT sequence FROM tallystick.chain WHERE project = $1 AND number = $2)
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
        while (await rows.ReadAsync()) sum.AddEncoded(rows.GetFieldValue<byte[]>(0), query.Pick);
        return sum;
    }

    internal static NpgsqlBatchCommand SumAccount(RollupQuery query)
    {
        var parts = query.Parts.ToList();
        return new(AccountSumSql)
        {
            Parameters =
            {
                new() { Value = query.Chain.Project }, new() { Value = query.Chain.Number },
                new() { Value = parts.Select(part => (short)part.Grain).ToArray() },
                new() { Value = parts.Select(part => AccountRollup.FirstOf(part.Grain, part.From)).ToArray() },
                new() { Value = parts.Select(part => part.To).ToArray() },
                new() { Value = new[] { Axis.All, query.Axis } }, new() { Value = Checkpoints.Every },
                new() { Value = AccountRollup.WholeEpoch },
            },
        };
    }

    private static async Task<Rollup> SumAccountAsync(NpgsqlConnection connection, RollupQuery query)
    {
        var parts = query.Parts.ToList();
        var (sum, recent) = (new Rollup(), new JournalRollup());
        await using (var batch = new NpgsqlBatch(connection) { BatchCommands = { SumAccount(query) } })
        await using (var rows = await batch.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
            {
                var (part, bytes) = (rows.GetInt32(0), rows.GetFieldValue<byte[]>(1));
                if (part == 0) recent.Add(bytes);
                else if (part < 0) sum.AddEncoded(bytes, query.Pick);
                else sum.AddEncoded(bytes, query.Pick with { From = parts[part - 1].From, To = parts[part - 1].To });
            }
        }
        await recent.AddLaterAsync(connection, query.Chain);
        sum.Add(recent.Sum, query.Pick);
        return sum;
    }
}
