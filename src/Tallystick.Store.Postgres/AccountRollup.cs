using Npgsql;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres;

/// <summary>
/// What is kept of an account for reports: the sums of its whole epochs, by grain, axis and stretch of time; of an
/// epoch that took more than a month all of it in one row. What follows them is added up from the journal.
/// </summary>
internal static class AccountRollup
{
    /// <summary>The grain of a row that has a whole epoch, under the epoch's number.</summary>
    public const short WholeEpoch = 2;
    private const int DaysPerRow = 32;

    private const string ReadSql = """
        SELECT bytes FROM tallystick.journal
        WHERE project = $1 AND number = $2 AND sequence > $3 AND sequence <= $4
        """;

    private const string FindSql = """
        SELECT r.grain, r.axis, r.first_slot, r.bytes FROM unnest($3, $4, $5) AS a (grain, axis, first_slot)
        JOIN tallystick.account_rollup r ON r.project = $1 AND r.number = $2 AND r.grain = a.grain
            AND r.axis = a.axis AND r.first_slot = a.first_slot
        """;

    private const string PutSql = """
        INSERT INTO tallystick.account_rollup (project, number, grain, axis, first_slot, bytes)
        SELECT $1, $2, * FROM unnest($3, $4, $5, $6)
        ON CONFLICT (project, number, grain, axis, first_slot) DO UPDATE SET bytes = excluded.bytes
        """;

    private const string EpochsSql = """
        INSERT INTO tallystick.account_epochs (project, number, epochs) VALUES ($1, $2, $3)
        ON CONFLICT (project, number) DO UPDATE SET epochs = excluded.epochs
        """;

    /// <summary>The slot that the row of a slot is kept under.</summary>
    public static int FirstOf(RollupGrain grain, int slot)
    {
        var day = Slots.DayOf(slot);
        if (grain == RollupGrain.Day) day -= ((day % DaysPerRow) + DaysPerRow) % DaysPerRow;
        return day * Slots.PerDay;
    }

    /// <summary>Whether a sum belongs into a row: those of a whole epoch may be of any time and axis.</summary>
    public static bool IsUnder(in RollupCell cell, short grain, string axis, int firstSlot) => grain == WholeEpoch
        || (cell.Axis == axis && FirstOf((RollupGrain)grain, cell.Slot) == firstSlot);

    /// <summary>Adds up some of an account's entries.</summary>
    public static async Task<Rollup> ReadAsync(NpgsqlConnection connection, ChainKey chain, long after, long through)
    {
        var journal = new JournalRollup();
        var entries = await connection.ListAsync(
            ReadSql, row => row.GetFieldValue<byte[]>(0), chain.Project, chain.Number, after, through);
        foreach (var bytes in entries) journal.Add(bytes);
        await journal.AddLaterAsync(connection, chain);
        return journal.Sum;
    }

    /// <summary>
    /// Adds the account's epochs up to this one that have not been added: those that an earlier program passed over are
    /// due with the next one.
    /// </summary>
    public static async Task AddThroughAsync(NpgsqlConnection connection, ChainKey chain, int epoch)
    {
        var epochs = await connection.ListAsync(
            "SELECT epochs FROM tallystick.account_epochs WHERE project = $1 AND number = $2",
            row => row.GetInt32(0), chain.Project, chain.Number);
        for (var next = epochs.FirstOrDefault(); next <= epoch; next++) await AddAsync(connection, chain, next);
    }

    /// <summary>Adds the account's next epoch; what the epoch comes to.</summary>
    public static async Task<Rollup> AddAsync(NpgsqlConnection connection, ChainKey chain, int epoch)
    {
        var sum = await ReadAsync(connection, chain, epoch * Checkpoints.Every, (epoch + 1) * Checkpoints.Every);
        if (IsSparse(sum))
            await connection.ListAsync(
                PutSql, _ => 0, chain.Project, chain.Number, new[] { WholeEpoch }, new[] { Axis.All },
                new[] { epoch }, new[] { sum.Bounded().Encode() });
        else await AddAsync(connection, chain, sum);
        await connection.ListAsync(EpochsSql, _ => 0, chain.Project, chain.Number, epoch + 1);
        return sum;
    }

    /// <summary>Rows by day would be as many as there are entries.</summary>
    private static bool IsSparse(Rollup sum)
    {
        var (first, last) = (int.MaxValue, int.MinValue);
        foreach (var (cell, _) in sum.Cells) (first, last) = (Math.Min(first, cell.Slot), Math.Max(last, cell.Slot));
        return last - (long)first > DaysPerRow * Slots.PerDay;
    }

    private static async Task AddAsync(NpgsqlConnection connection, ChainKey chain, Rollup added)
    {
        var rows = Split(added, RollupGrain.Slot).Concat(Split(added.ByDay(), RollupGrain.Day))
            .ToDictionary(row => row.Key, row => row.Sum);
        var keys = rows.Keys.Order().ToList();
        object[] columns =
        [
            chain.Project, chain.Number, keys.Select(key => key.Grain).ToArray(),
            keys.Select(key => key.Axis).ToArray(), keys.Select(key => key.First).ToArray(),
        ];
        var found = await connection.ListAsync(
            FindSql, row => ((row.GetInt16(0), row.GetString(1), row.GetInt32(2)), row.GetFieldValue<byte[]>(3)),
            columns);
        foreach (var (key, bytes) in found) rows[key].AddEncoded(bytes, RollupPick.Everything);
        await connection.ListAsync(
            PutSql, _ => 0, [.. columns, keys.Select(key => rows[key].Bounded().Encode()).ToArray()]);
    }

    private static IEnumerable<((short Grain, string Axis, int First) Key, Rollup Sum)> Split(
        Rollup rollup, RollupGrain grain) =>
        rollup.Split(slot => FirstOf(grain, slot)).Select(part => (((short)grain, part.Axis, part.First), part.Part));
}
