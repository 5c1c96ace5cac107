using System.Collections.Immutable;
using Npgsql;
using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres;

/// <summary>
/// The shared store: any number of nodes on one database, each with lanes that commit side by side. A commit is one
/// statement in one round trip; the version of each chain and the unique keys decide between nodes. Thread-safe. Keeps
/// nothing in a session but prepared statements, and those only where no transaction pooler stands between.
/// </summary>
/// <remarks>
/// When the wire fails around a COMMIT, the store looks for the last entry of each of the batch's chains, under the
/// lock of the first one, and sends the same batch again if they are not all there: the same sequences cannot be stored
/// twice, so a commit that was still on its way does no harm. What fell due is the same whoever entered it: a batch
/// that has nothing else is decided again, since nothing tells whose it is. Only when the time for that is up, too, is
/// a batch given up whose outcome is unknown; then the keys tell.
/// </remarks>
public sealed partial class PostgresLedgerStore : ILedgerStore, IRateStore
{
    private const int RetriesMax = 5;
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(50);

    private readonly PostgresStoreOptions _options;
    private readonly Folding _fold;
    private readonly Connections _writers;
    private readonly Connections _readers;
    private readonly Connections _laneReaders;
    private readonly Outage _outage;
    private readonly Heartbeat _heartbeat;
    private readonly Connections _trailers;
    private readonly Connections _limiters;
    private readonly RateTable _rates;
    private readonly RollupTrail _rollups;
    private readonly string _settings;
    private readonly string _briefSettings;

    public bool IsShared => true;
    public bool IsBehind => false;
    public long Lag => 0;
    public long Interruptions => _outage.Failures;
    public string Description { get; }

    /// <summary>What the operator should know although the store serves; empty if nothing.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>No pooler stands between, so that statements are kept prepared.</summary>
    internal bool IsDirect => _options.IsDirect;

    /// <summary>The database's clock: nodes whose own clocks differ agree on it.</summary>
    public TimeProvider Clock => _heartbeat.Clock;

    public ValueTask<ImmutableArray<ChainKey>> CommitAsync(
        IReadOnlyList<ChainChange> batch, CancellationToken cancel) =>
        CommitAsync(batch, null, cancel);

    /// <summary>Locks a row, which is a write that leaves nothing.</summary>
    public async ValueTask ProbeAsync(CancellationToken cancel)
    {
        _heartbeat.RequireKnownSchema();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(_outage.Admit(_options.CommitPatience));
        await AskAsync(
            new("""
                SELECT project, number FROM tallystick.chain
                WHERE number = 0 ORDER BY project LIMIT 1 FOR UPDATE SKIP LOCKED
                """),
            deadline.Token);
        _outage.End();
    }

    /// <summary>
    /// Only rollups trail, on a connection of their own, whether or not anybody calls this: it says when they cannot.
    /// </summary>
    public ValueTask<TrailStep> TrailAsync(CancellationToken cancel) => _rollups.TakeFault() is { } fault
        ? throw new StoreUnavailableException("the sums of reports cannot be kept up", fault) { IsPartial = true }
        : new(TrailStep.None);

    /// <summary>Takes everything into the rollups that has been committed.</summary>
    internal async Task FlushAsync(CancellationToken cancel)
    {
        while (await _rollups.StepAsync(cancel)) { }
    }

    public async ValueTask DisposeAsync()
    {
        await _rollups.DisposeAsync();
        await _heartbeat.DisposeAsync();
        await _writers.DisposeAsync();
        await _readers.DisposeAsync();
        await _laneReaders.DisposeAsync();
        await _trailers.DisposeAsync();
        await _limiters.DisposeAsync();
    }

    /// <param name="held">
    /// A connection whose transaction has locked chains of the batch; null: a transaction of its own.
    /// </param>
    private async ValueTask<ImmutableArray<ChainKey>> CommitAsync(
        IReadOnlyList<ChainChange> batch, Lease? held, CancellationToken cancel)
    {
        _heartbeat.RequireKnownSchema();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(_outage.Admit(_options.CommitPatience));
        var hasEntries = batch.Any(change => change.Entries.Count > 0);
        var mayBeStored = false;
        for (var attempt = 0; ; attempt++)
        {
            var (moved, failure, outcome) = await TryAsync(batch, held, deadline.Token);
            if (failure is null)
            {
                _outage.End();
                return mayBeStored && !moved.IsEmpty && await LookAsync(batch, deadline.Token) == true
                    ? Undoubted(batch) : moved;
            }
            // What the held transaction had locked is free by now; the version check guards the next attempt.
            held = null;
            if (PostgresFaults.IsOutage(failure)) Note();
            mayBeStored |= outcome == Outcome.Unknown && hasEntries;
            if (mayBeStored)
            {
                if (deadline.IsCancellationRequested) throw PostgresFaults.Undecided(failure);
                if (await LookAsync(batch, deadline.Token) == true) return Undoubted(batch);
                if (outcome is Outcome.Unknown or Outcome.RolledBack) continue;
            }
            switch (outcome)
            {
                case Outcome.Exists:
                    return await FindMovedAsync(batch, failure, deadline.Token);
                case Outcome.Locked:
                    throw PostgresFaults.Locked(await FindLockedAsync(batch, deadline.Token), failure);
                case Outcome.Retry when attempt < RetriesMax:
                    await Task.Delay(Random.Shared.Next(1, 8 << attempt), CancellationToken.None);
                    break;
                default:
                    throw PostgresFaults.Unavailable(failure);
            }
        }
    }

    private async ValueTask<(ImmutableArray<ChainKey> Moved, Exception? Failure, Outcome Outcome)> TryAsync(
        IReadOnlyList<ChainChange> batch, Lease? held, CancellationToken deadline)
    {
        var wasSent = false;
        Lease? own = null;
        try
        {
            var commands = new NpgsqlBatch();
            if (held is null) commands.BatchCommands.Add(new(_settings));
            commands.BatchCommands.Add(CommitStatement.Of(batch));
            if (held is not null) commands.BatchCommands.Add(new("COMMIT"));
            var lease = held ?? (own = await _writers.RentAsync(deadline));
            if (_options.FaultPoint is { } before) await before("before-commit");
            wasSent = true;
            var moved = await lease.RunAsync(
                connection => ReadChainsAsync(connection, commands, skip: held is null ? 1 : 0), deadline);
            if (_options.FaultPoint is { } after) await after("after-commit");
            return (moved, null, default);
        }
        catch (Exception failure) when (PostgresFaults.IsFault(failure))
        {
            return ([], failure, PostgresFaults.OfCommit(failure, wasSent));
        }
        finally
        {
            if (own is not null) await own.DisposeAsync();
        }
    }

    /// <summary>
    /// What to say of a batch whose entries are all there: that it was stored if one of them answers a command, which
    /// no other node has made. Otherwise another node may have entered what fell due and gone on, so that nothing else
    /// that was taken for granted need hold.
    /// </summary>
    private static ImmutableArray<ChainKey> Undoubted(IReadOnlyList<ChainChange> batch) =>
        batch.Any(change => change.Entries.Any(entry => entry.Entry.Origin is not null)) ? []
            : [.. batch.Select(change => change.Key)];

    /// <summary>
    /// Whether all entries of the batch are stored; null where that could not be found out. Waits for a commit of it
    /// that is still under way, and, by writing itself (a row lock does), for whatever a standby has still to confirm.
    /// </summary>
    private async ValueTask<bool?> LookAsync(IReadOnlyList<ChainChange> batch, CancellationToken deadline)
    {
        List<SealedEntry> last = [.. from change in batch where change.Entries.Count > 0 select change.Entries[^1]];
        try
        {
            var isStored = await _writers.RunAsync(connection => LookAsync(connection, last), deadline);
            _outage.End();
            return isStored;
        }
        catch (Exception failure) when (PostgresFaults.IsFault(failure))
        {
            if (PostgresFaults.IsOutage(failure)) Note();
            await Task.Delay(LookPause, deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return null;
        }
    }

    private async Task<bool> LookAsync(NpgsqlConnection connection, List<SealedEntry> last)
    {
        // Each statement sees what was committed when it began: the entries are counted after the lock is had.
        await using var commands = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(_settings), ChainQuestions.Hold(last[0].Entry.Chain), ChainQuestions.CountStored(last),
            },
        };
        await using var rows = await commands.ExecuteReaderAsync();
        await rows.NextResultAsync();
        await rows.NextResultAsync();
        await rows.ReadAsync();
        var isStored = rows.GetInt64(0) == last.Count;
        await rows.NextResultAsync();
        return isStored;
    }

    /// <summary>Which chains another node has moved on, or which keys it has claimed.</summary>
    private async ValueTask<ImmutableArray<ChainKey>> FindMovedAsync(
        IReadOnlyList<ChainChange> batch, Exception failure, CancellationToken cancel)
    {
        var moved = await AskAsync(CommitStatement.FindMoved(batch), cancel);
        return moved.IsEmpty
            ? throw new InvariantBrokenException("I6: the store holds what the batch would add", failure)
            : moved;
    }

    private async ValueTask<ImmutableArray<ChainKey>> FindLockedAsync(
        IReadOnlyList<ChainChange> batch, CancellationToken cancel)
    {
        var locked = (await FindLockedAsync(batch.Select(change => change.Key).ToList(), cancel)).ToHashSet();
        // A chain that is just being opened has no row to be seen locked.
        var known = batch.Where(change => change.SequenceBefore > 0 && locked.Contains(change.Key)).ToList();
        return known.Count > 0 ? [.. known.Select(change => change.Key)] : [.. locked];
    }

    /// <summary>Those that stay locked: another node's commit has them only for a moment.</summary>
    private async ValueTask<IReadOnlyList<ChainKey>> FindLockedAsync(
        IReadOnlyList<ChainKey> chains, CancellationToken cancel)
    {
        var locked = await FindAsync(chains);
        if (locked.Count <= 1) return locked;
        await Task.Delay(LookPause, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await FindAsync(locked) is { Count: > 0 } still ? still : locked;

        async ValueTask<List<ChainKey>> FindAsync(IReadOnlyList<ChainKey> asked)
        {
            var free = (await AskAsync(ChainQuestions.FindFree(asked), cancel)).ToHashSet();
            return [.. asked.Where(chain => !free.Contains(chain))];
        }
    }

    private async ValueTask<ImmutableArray<ChainKey>> AskAsync(NpgsqlBatchCommand question, CancellationToken deadline)
    {
        try
        {
            var commands = new NpgsqlBatch { BatchCommands = { new(_settings), question } };
            return await _writers.RunAsync(connection => ReadChainsAsync(connection, commands, skip: 1), deadline);
        }
        catch (Exception failure) when (PostgresFaults.IsFault(failure))
        {
            if (PostgresFaults.IsOutage(failure)) Note();
            throw PostgresFaults.Unavailable(failure);
        }
    }

    /// <summary>Reads to the end: only then has the server said that it committed.</summary>
    private static async Task<ImmutableArray<ChainKey>> ReadChainsAsync(
        NpgsqlConnection connection, NpgsqlBatch commands, int skip)
    {
        await using var owned = commands;
        commands.Connection = connection;
        var chains = ImmutableArray.CreateBuilder<ChainKey>();
        await using var rows = await commands.ExecuteReaderAsync();
        for (; skip > 0; skip--) await rows.NextResultAsync();
        while (await rows.ReadAsync()) chains.Add(new(rows.GetInt32(0), rows.GetInt64(1)));
        while (await rows.NextResultAsync()) { }
        return chains.ToImmutable();
    }

    /// <summary>Connections that were at hand are likely to be dead.</summary>
    private void Note()
    {
        _outage.Begin();
        _writers.Renew();
        _readers.Renew();
        _laneReaders.Renew();
        _limiters.Renew();
    }
}
