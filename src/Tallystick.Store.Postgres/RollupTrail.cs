using System.Data;
using System.Diagnostics;
using Npgsql;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres;

/// <summary>
/// Takes what commits have left for reports into the rollups, a step at a time, each in one transaction: of all nodes
/// one at a time does it. A fault leaves everything as it was; the next step tries again.
/// </summary>
internal sealed class RollupTrail(Connections connections, Outage outage) : IAsyncDisposable
{
    internal const long LockKey = 0x524F4C4C; // "ROLL"
    private const int TailsAtOnce = 500;
    private const int EpochsAtOnce = 16;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // By their places: nobody else deletes them, and no statistics make the server compare each with all others.
    private const string TakeTails = """
        DELETE FROM tallystick.rollup_tail
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM tallystick.rollup_tail LIMIT $1))
        RETURNING project, bytes
        """;

    private const string TakeDue = """
        DELETE FROM tallystick.rollup_due
        WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM tallystick.rollup_due ORDER BY project, number, epoch LIMIT $1))
        RETURNING project, number, epoch
        """;

    private const string FindRows = """
        SELECT r.grain, r.axis, r.slot, r.bytes FROM unnest($2, $3, $4) AS a (grain, axis, slot)
        JOIN tallystick.rollup r ON r.project = $1 AND r.grain = a.grain AND r.axis = a.axis AND r.slot = a.slot
        """;

    private const string PutRows = """
        INSERT INTO tallystick.rollup (project, grain, axis, slot, bytes)
        SELECT $1, * FROM unnest($2, $3, $4, $5)
        ON CONFLICT (project, grain, axis, slot) DO UPDATE SET bytes = excluded.bytes
        """;

    /// <summary>Between two times that it is said of a fault which lasts.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _ending = new();
    private Exception? _fault;
    private long _faultAt;
    private Task _running = Task.CompletedTask;

    public void Start() => _running = RunAsync();

    /// <summary>Does a step; false when nothing is left, or another node is at it.</summary>
    public Task<bool> StepAsync(CancellationToken deadline) => connections.RunAsync(StepAsync, deadline);

    /// <summary>Why the last step failed, now and then, to one caller; null where that is known, or none did.</summary>
    public Exception? TakeFault() =>
        Volatile.Read(ref _fault) is null ? null : Interlocked.Exchange(ref _fault, null);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            var isMore = false;
            try
            {
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
                deadline.CancelAfter(Patience);
                if (!outage.IsOn) isMore = await StepAsync(deadline.Token);
            }
            catch (Exception failure)
            {
                // Whatever it is: nothing has trailed, and reports read what has not.
                if (!_ending.IsCancellationRequested && !outage.IsOn) Note(failure);
            }
            if (!isMore)
                await Task.Delay(Interval, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Note(Exception failure)
    {
        if (_faultAt != 0 && Stopwatch.GetElapsedTime(_faultAt) < Silence) return;
        _faultAt = Stopwatch.GetTimestamp();
        Volatile.Write(ref _fault, failure);
    }

    private static async Task<bool> StepAsync(NpgsqlConnection connection)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
        var isOurs = await connection.ListAsync(
            "SELECT pg_try_advisory_xact_lock($1)", row => row.GetBoolean(0), LockKey);
        if (!isOurs[0]) return false;
        var tails = await connection.ListAsync(
            TakeTails, row => (row.GetInt32(0), row.GetFieldValue<byte[]>(1)), TailsAtOnce);
        foreach (var project in tails.GroupBy(tail => tail.Item1))
        {
            var sum = new Rollup();
            foreach (var (_, bytes) in project) sum.AddEncoded(bytes, RollupPick.Everything);
            await AddAsync(connection, project.Key, sum);
        }
        var epochs = await connection.ListAsync(
            TakeDue, row => (Chain: new ChainKey(row.GetInt32(0), row.GetInt64(1)), Epoch: row.GetInt32(2)),
            EpochsAtOnce);
        foreach (var due in epochs.GroupBy(due => due.Chain))
            await AccountRollup.AddThroughAsync(connection, due.Key, due.Max(one => one.Epoch));
        if (tails.Count + epochs.Count > 0) await transaction.CommitAsync();
        return tails.Count == TailsAtOnce || epochs.Count == EpochsAtOnce;
    }

    private static async Task AddAsync(NpgsqlConnection connection, int project, Rollup added)
    {
        var rows = Split(added, RollupGrain.Slot).Concat(Split(added.ByDay(), RollupGrain.Day))
            .ToDictionary(row => row.Key, row => row.Rollup);
        var keys = rows.Keys.Order().ToList();
        object[] columns =
        [
            project, keys.Select(key => key.Grain).ToArray(), keys.Select(key => key.Axis).ToArray(),
            keys.Select(key => key.Slot).ToArray(),
        ];
        var found = await connection.ListAsync(
            FindRows,
            row => ((row.GetInt16(0), row.GetString(1), row.GetInt32(2)), row.GetFieldValue<byte[]>(3)), columns);
        foreach (var (key, bytes) in found) rows[key].AddEncoded(bytes, RollupPick.Everything);
        await connection.ListAsync(
            PutRows, _ => 0, [.. columns, keys.Select(key => rows[key].Bounded().Encode()).ToArray()]);
    }

    private static IEnumerable<((short Grain, string Axis, int Slot) Key, Rollup Rollup)> Split(
        Rollup rollup, RollupGrain grain) =>
        rollup.Split(slot => slot).Select(part => (((short)grain, part.Axis, part.First), part.Part));
}
