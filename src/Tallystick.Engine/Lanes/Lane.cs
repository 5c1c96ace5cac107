using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Engine.Ports;
using Tallystick.Engine.Telemetry;

namespace Tallystick.Engine.Lanes;

/// <summary>
/// The one writer of its chains in this process: gather what waits, decide in order, commit once, then answer. Started
/// once, ends when its queue is completed and empty. A fault of the store fails the turn's tickets and nothing else; a
/// <see cref="StoreBrokenException"/> or a broken invariant stops the lane for good: the owner ends the process.
/// </summary>
/// <param name="turns">Taken with the other lanes of the store; null where it has one lane.</param>
internal sealed partial class Lane(
    ILedgerStore store, ProjectStates projects, LedgerClock clock, LaneOptions options, CommitTurns? turns,
    Action<ChainState> committed, LaneSignals signals, ILogger logger)
{
    /// <summary>So many commands are worth a flush: of more each one's share is small.</summary>
    private const int Crowd = 32;
    private const int YieldsMax = 20;
    private static readonly TimeSpan TrailPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TrailSoon = TimeSpan.FromMilliseconds(2);
    private readonly FairQueue _queue = new(options.QueueMax);
    private readonly Contention _contention = new(options.Time);
    private volatile Exception? _stopped;

    public StateCache Cache { get; } = new(options.CachedStatesMax);

    public int Queued => _queue.Count;

    public Task<Reply> EnqueueAsync(LedgerRequest request)
    {
        if (_stopped is { } fault) throw new StoreUnavailableException("the ledger has stopped", fault);
        if (store.IsBehind) throw new OverloadedException("the store is catching up");
        var ticket = new Ticket(request);
        if (!_queue.TryWrite(ticket)) throw new OverloadedException();
        return ticket.Answer;
    }

    /// <summary>Completes when everything that was enqueued before has been answered.</summary>
    public async Task PassAsync(CancellationToken cancel)
    {
        var ticket = new Ticket(null);
        if (!_queue.TryWrite(ticket)) throw new StoreUnavailableException("the ledger has stopped");
        await ticket.Answer.WaitAsync(cancel);
    }

    public void Complete() => _queue.Complete();

    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            var gathered = new List<Ticket>(options.BatchMax);
            while (await WaitAsync(cancel))
            {
                AwaitCrowd(gathered.Count);
                if (turns is not null) await turns.EnterAsync(_queue.Count);
                try
                {
                    gathered.Clear();
                    while (gathered.Count < options.BatchMax && _queue.TryRead(out var ticket)) gathered.Add(ticket);
                    if (gathered.Count > 0) await TurnAsync(gathered);
                }
                finally
                {
                    turns?.Leave();
                }
                await TrailAsync();
            }
        }
        catch (Exception fault)
        {
            _stopped = fault;
            _queue.Complete();
            // Nobody will come for them.
            while (_queue.TryRead(out var ticket))
                ticket.Fail(new StoreUnavailableException("the ledger has stopped", fault));
            throw;
        }
    }

    /// <summary>
    /// Those that were answered together ask again together, and a flush costs the same for all of them as for the
    /// first: while more of them come, and there are not enough yet, they are waited for, a turn of the processor at a
    /// time. Nobody waits who is alone.
    /// </summary>
    private void AwaitCrowd(int before)
    {
        if (before <= 1 || store.IsShared) return;
        var count = 0;
        for (var yields = 0; yields < YieldsMax && _queue.Count is var now && now > count && now < Crowd; yields++)
        {
            count = now;
            Thread.Yield();
        }
    }

    /// <summary>Waits for work; meanwhile the store catches up step by step.</summary>
    private async ValueTask<bool> WaitAsync(CancellationToken cancel)
    {
        while (_queue.Count == 0)
        {
            var step = await TrailAsync();
            if (step == TrailStep.Done) continue;
            var waiting = _queue.WaitToReadAsync(cancel);
            if (step == TrailStep.None) return await waiting;
            // What a processor is still making is not made sooner by another clock.
            await Task.WhenAny(
                waiting, step == TrailStep.Later ? Task.Delay(TrailSoon, cancel)
                    : Task.Delay(TrailPause, options.Time, cancel));
            if (waiting.IsCompleted) return await waiting;
        }
        return true;
    }

    /// <summary>
    /// One step of what trails the commits; null where it failed. The commits have everything, so nobody is concerned,
    /// and it is tried again: a full disk has room some time.
    /// </summary>
    private async ValueTask<TrailStep?> TrailAsync()
    {
        try
        {
            return await store.TrailAsync(CancellationToken.None);
        }
        catch (StoreUnavailableException fault)
        {
            if (!fault.IsPartial) signals.Health.Failed(fault);
            LogTrail(fault);
            return null;
        }
    }

    private async Task TurnAsync(List<Ticket> tickets)
    {
        var passing = tickets.FindAll(ticket => ticket.Request is null);
        if (passing.Count > 0) tickets.RemoveAll(ticket => ticket.Request is null);
        try
        {
            if (tickets.Count > 0) await SettleAsync(tickets);
        }
        catch (Exception fault)
        {
            foreach (var ticket in passing) ticket.Fail(new StoreUnavailableException("the ledger has stopped", fault));
            throw;
        }
        foreach (var ticket in passing) ticket.Pass();
    }

    /// <summary>Answers all of them. What other nodes have changed meanwhile is decided again.</summary>
    private async Task SettleAsync(List<Ticket> tickets)
    {
        var wait = Stopwatch.GetElapsedTime(tickets[0].Since);
        foreach (var ticket in tickets) ticket.Steps?.Queued(ticket.Request!, ticket.Since);
        var doubted = new Dictionary<ChainKey, ChainState?>();
        try
        {
            for (var attempt = 0; tickets.Count > 0; attempt++)
            {
                if (attempt > options.ConflictRetriesMax)
                {
                    Fail(tickets, new("contended by other nodes") { IsPartial = true });
                    return;
                }
                var (free, contended) = Split(tickets, isLast: attempt >= options.OptimisticMax);
                var again = new List<Ticket>();
                if (free.Count > 0 && !await TryAsync(free, doubted, false, attempt, wait)) again.AddRange(free);
                if (contended.Count > 0 && !await TryAsync(contended, doubted, true, attempt, wait))
                    again.AddRange(contended);
                tickets = again;
            }
        }
        catch (Exception fault)
        {
            _stopped = fault;
            foreach (var ticket in tickets) ticket.Fail(new StoreUnavailableException("the ledger has stopped", fault));
            throw;
        }
    }

    /// <summary>
    /// Those that other nodes fight over go by themselves, under lock: whoever waits for a lock holds none that another
    /// node waits for. So do in the end those that have met others again and again.
    /// </summary>
    private (List<Ticket> Free, List<Ticket> Contended) Split(List<Ticket> tickets, bool isLast)
    {
        if (_contention.IsQuiet) return (tickets, []);
        var (free, contended) = (new List<Ticket>(tickets.Count), new List<Ticket>());
        foreach (var ticket in tickets)
        {
            var chain = ticket.Request!.Chain;
            if (_contention.IsBlocked(chain))
                Fail([ticket], new("the account is locked by another transaction") { IsPartial = true });
            else if (isLast || _contention.IsContended(chain)) contended.Add(ticket);
            else free.Add(ticket);
        }
        return (free, contended);
    }

    /// <summary>
    /// False when another node was faster, or has locked some of them: then they must be decided again.
    /// </summary>
    private async ValueTask<bool> TryAsync(
        List<Ticket> tickets, Dictionary<ChainKey, ChainState?> doubted, bool isHeld, int attempt, TimeSpan wait)
    {
        try
        {
            await using var held = isHeld ? await HoldAsync(tickets, doubted) : null;
            var replies = new (Ticket Ticket, Reply? Reply, Exception? Fault)[tickets.Count];
            var turn = new Turn(store, Cache, projects, clock.Now, CancellationToken.None)
            {
                Batch = new(tickets.Count), Doubted = doubted,
            };
            if (store.IsShared) await turn.FetchAsync(tickets.ConvertAll(ticket => ticket.Request!));
            for (var i = 0; i < tickets.Count; i++) replies[i] = await DecideAsync(turn, tickets[i]);
            if (!isHeld && FindTorn(replies) is { IsEmpty: false } torn)
            {
                Note(torn, doubted, isContended: attempt > 0);
                return false;
            }
            var changes = turn.Batch.ToChanges();
            var since = Stopwatch.GetTimestamp();
            ImmutableArray<ChainKey> conflicts = changes.Count == 0 ? []
                : await (held?.CommitAsync(changes, CancellationToken.None) ?? store.CommitAsync(
                    changes, CancellationToken.None));
            if (!conflicts.IsEmpty)
            {
                Note(conflicts, doubted, isContended: attempt > 0);
                return false;
            }
            Keep(changes);
            Report(replies, changes, new(tickets.Count, wait, Stopwatch.GetElapsedTime(since)), since);
            foreach (var (ticket, reply, fault) in replies)
                if (fault is null) ticket.Reply(reply!); else ticket.Fail(fault);
            return true;
        }
        catch (StoreUnavailableException fault)
        {
            foreach (var chain in fault.Chains) _contention.Blocked(chain);
            if (tickets.Exists(ticket => fault.Chains.Contains(ticket.Request!.Chain))) return false;
            Fail(tickets, fault);
            return true;
        }
    }

    /// <summary>
    /// Chains on which the rules broke: in a shared store another node may have changed a record between the reads of
    /// state and record, and the two do not belong together. Decided again; under their lock nobody can.
    /// </summary>
    private ImmutableArray<ChainKey> FindTorn((Ticket Ticket, Reply? Reply, Exception? Fault)[] replies) =>
        !store.IsShared ? [] :
        [.. replies.Where(one => one.Fault is not (null or StoreUnavailableException))
            .Select(one => one.Ticket.Request!.Chain).Distinct()];

    /// <summary>Locks what other nodes fight over, and reads what they have left.</summary>
    private async ValueTask<IHeldChains> HoldAsync(List<Ticket> tickets, Dictionary<ChainKey, ChainState?> doubted)
    {
        var chains = tickets.Select(ticket => ticket.Request!.Chain).Distinct().Order()
            .Select(chain => new KnownChain(chain, Cache.Peek(chain) ?? doubted.GetValueOrDefault(chain))).ToList();
        var held = await store.HoldAsync(
            chains, chains.Exists(chain => _contention.WasBlocked(chain.Key)), CancellationToken.None);
        for (var i = 0; i < chains.Count; i++)
        {
            var chain = chains[i].Key;
            // It is still fought over when another node has had it since.
            if (Cache.Peek(chain)?.Sequence != held.States[i]?.Sequence)
                _contention.Conflicted(chain, isContended: true);
            if (held.States[i] is { } state) Cache.Put(state);
        }
        return held;
    }

    private void Note(
        ImmutableArray<ChainKey> conflicts, Dictionary<ChainKey, ChainState?> doubted, bool isContended)
    {
        foreach (var chain in conflicts)
        {
            // What came of a known state was in doubt again: then all of it is read.
            if (!doubted.TryAdd(chain, Cache.Peek(chain))) doubted[chain] = null;
            Cache.Drop(chain);
            if (store.IsShared) _contention.Conflicted(chain, isContended);
        }
    }

    private void Keep(List<ChainChange> changes)
    {
        foreach (var change in changes)
        {
            Cache.Put(change.State);
            if (change.State is ProjectState project) projects.Put(project);
            else if (change.Entries.Count > 0) committed(change.State);
        }
    }

    private void Report(
        (Ticket Ticket, Reply? Reply, Exception? Fault)[] replies, List<ChainChange> changes, in TurnTimes times,
        long since)
    {
        if (changes.Exists(change => change.Entries.Count > 0)) signals.Health.Committed();
        signals.Meter.Turn(replies.Select(one => one.Reply), changes, times);
        if (logger.IsEnabled(LogLevel.Information))
            LogTurn(
                times.Commands, changes.Sum(change => change.Entries.Count), (long)times.Wait.TotalMicroseconds,
                (long)times.Commit.TotalMicroseconds);
        foreach (var (ticket, reply, fault) in replies)
        {
            if (ticket.Steps is not { } steps) continue;
            if (fault is null) steps.Committed(reply!, times.Commands, since); else steps.Failed(fault);
        }
    }

    private void Fail(List<Ticket> tickets, StoreUnavailableException fault)
    {
        if (!fault.IsPartial) signals.Health.Failed(fault);
        signals.Meter.Fault(tickets.Count);
        LogFault(tickets.Count, fault);
        foreach (var ticket in tickets)
        {
            ticket.Steps?.Failed(fault);
            ticket.Fail(fault);
        }
    }

    /// <summary>
    /// A command whose chain cannot be read fails alone: it has decided nothing yet. So does one that a rule breaks on,
    /// which is a bug: the rules are pure, and what they have not returned has changed nothing.
    /// </summary>
    private static async ValueTask<(Ticket, Reply?, Exception?)> DecideAsync(Turn turn, Ticket ticket)
    {
        try
        {
            var since = ticket.Steps is null ? 0 : Stopwatch.GetTimestamp();
            var reply = await turn.DecideAsync(ticket.Request!);
            ticket.Steps?.Decided(ticket.Request!, reply, since);
            return (ticket, reply, null);
        }
        catch (Exception fault) when (fault is not (StoreBrokenException or JournalCorruptException))
        {
            return (ticket, null, fault);
        }
    }

    [LoggerMessage(
        1, LogLevel.Information,
        "{Commands} commands, {Entries} entries; waited {WaitMicroseconds} µs, commit {CommitMicroseconds} µs",
        EventName = "batch_committed")]
    private partial void LogTurn(int commands, int entries, long waitMicroseconds, long commitMicroseconds);

    [LoggerMessage(2, LogLevel.Error, "A turn of {Commands} commands was not stored", EventName = "batch_failed")]
    private partial void LogFault(int commands, Exception fault);

    [LoggerMessage(5, LogLevel.Warning, "The store could not catch up; it is tried again", EventName = "trail_failed")]
    private partial void LogTrail(Exception fault);
}
