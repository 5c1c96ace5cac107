using Npgsql;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres;

/// <summary>
/// Adds up the entries that a migration found in the journal, a step at a time, each in one transaction: several nodes
/// do it together, and a step that is cut off has not been made.
/// </summary>
internal static class RollupBacklog
{
    /// <summary>Accounts, and entries, of one step.</summary>
    private const int AccountsAtOnce = 256;
    private const long EntriesAtOnce = 16 * Checkpoints.Every;
    private static readonly TimeSpan OthersPause = TimeSpan.FromMilliseconds(100);

    private const string TakeSql = """
        SELECT project, number, done, through FROM tallystick.rollup_backlog
        ORDER BY project, number LIMIT $1 FOR UPDATE SKIP LOCKED
        """;

    private const string DoneSql = """
        WITH done AS (SELECT * FROM unnest($1, $2, $3) AS d (project, number, done)),
        over AS (
            DELETE FROM tallystick.rollup_backlog b USING done d
            WHERE b.project = d.project AND b.number = d.number AND b.through = d.done)
        UPDATE tallystick.rollup_backlog b SET done = d.done FROM done d
        WHERE b.project = d.project AND b.number = d.number AND b.through > d.done
        """;

    private const string AddSql =
        "INSERT INTO tallystick.rollup_tail (project, number, sequence, bytes) VALUES ($1, $2, $3, $4)";

    /// <summary>Returns when nothing is left, whoever has done it.</summary>
    public static async Task WorkOffAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            if (await StepAsync(connection)) continue;
            var isLeft = await connection.ListAsync(
                "SELECT EXISTS (SELECT FROM tallystick.rollup_backlog)", row => row.GetBoolean(0));
            if (!isLeft[0]) return;
            await Task.Delay(OthersPause, cancel);
        }
    }

    /// <summary>False when there was nothing that no other node is at.</summary>
    public static async Task<bool> StepAsync(NpgsqlConnection connection)
    {
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted);
        var taken = await connection.ListAsync(
            TakeSql, row => (Chain: new ChainKey(row.GetInt32(0), row.GetInt64(1)), Done: row.GetInt64(2),
                Through: row.GetInt64(3)),
            AccountsAtOnce);
        if (taken.Count == 0) return false;
        var (sums, done, left) = (new ChainRollups(), new List<(ChainKey Chain, long Done)>(), EntriesAtOnce);
        foreach (var (chain, from, through) in taken)
        {
            if (left <= 0) break;
            var to = Math.Min(through, from + left);
            if (to < through) to -= to % Checkpoints.Every;
            if (to <= from) break;
            sums.Add(ChainKey.OfProject(chain.Project), await AddAsync(connection, chain, from, to));
            done.Add((chain, to));
            left -= to - from;
        }
        foreach (var (project, sum) in sums.All)
        {
            if (sum.IsEmpty) continue;
            // Under an entry that was there before, so that no commit has left anything under the same.
            var (chain, last) = done.First(one => one.Chain.Project == project.Project);
            await connection.ListAsync(AddSql, _ => 0, project.Project, chain.Number, last, sum.Encode());
        }
        await connection.ListAsync(
            DoneSql, _ => 0, done.Select(one => one.Chain.Project).ToArray(),
            done.Select(one => one.Chain.Number).ToArray(), done.Select(one => one.Done).ToArray());
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>Adds whole epochs to what is kept of the account; the rest stays in the journal.</summary>
    private static async Task<Rollup> AddAsync(NpgsqlConnection connection, ChainKey chain, long from, long to)
    {
        var sum = new Rollup();
        for (; from + Checkpoints.Every <= to; from += Checkpoints.Every)
            sum.Add(await AccountRollup.AddAsync(connection, chain, checked((int)(from / Checkpoints.Every))));
        if (from < to) sum.Add(await AccountRollup.ReadAsync(connection, chain, from, to));
        return sum;
    }
}
