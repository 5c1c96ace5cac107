using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Simulation.Tests;

/// <summary>
/// One node's way to the real store: each call leaves at some time and returns at some later time, fails before it
/// arrives or after it has been done, and reaches nothing once its node is dead. The real store does each call to its
/// end while the world stands still.
/// </summary>
internal sealed class SimulatedStore(World world, ILedgerStore real, Locks locks, Flaw flaw) : ILedgerStore
{
    private const double LostBefore = 0.01, LostAfter = 0.01;

    private readonly Dictionary<ChainKey, ChainState> _old = [];

    public ILedgerStore Real => real;
    public bool IsDead { get; private set; }
    public bool IsShared => real.IsShared;
    public bool IsBehind => real.IsBehind;
    public long Lag => real.Lag;
    public string Description => real.Description;

    /// <summary>From now on nothing that the node does arrives anywhere.</summary>
    public void Kill()
    {
        IsDead = true;
        locks.LetGo(this);
    }

    public async ValueTask<ImmutableArray<ChainKey>> CommitAsync(
        IReadOnlyList<ChainChange> batch, CancellationToken cancel)
    {
        if (flaw == Flaw.AnswersBeforeItIsDurable && world.Chance(0.2))
        {
            _ = world.Scheduler.Start(async () => await CommitLateAsync(batch));
            return [];
        }
        return await AskAsync("commit", batch.Select(change => change.Key), () => real.CommitAsync(batch, default));
    }

    public async ValueTask<ChainState?> LoadAsync(ChainKey chain, CancellationToken cancel)
    {
        var state = await AskAsync("load", [], () => real.LoadAsync(chain, default));
        if (flaw != Flaw.ReadsOldStates || state is null) return state;
        _old.TryAdd(chain, state);
        return world.Chance(0.5) ? _old[chain] : state;
    }

    public ValueTask<IReadOnlyList<ChainState?>> LoadAsync(
        IReadOnlyList<KnownChain> chains, CancellationToken cancel) =>
        AskAsync("load", [], () => real.LoadAsync(chains, default));

    public ValueTask<ChainState?> LoadCheckpointAsync(ChainKey chain, Instant at, CancellationToken cancel) =>
        AskAsync("checkpoint", [], () => real.LoadCheckpointAsync(chain, at, default));

    public ValueTask<ChainRecord?> LoadRecordAsync(ChainKey chain, RecordKey record, CancellationToken cancel) =>
        AskAsync("record", [], () => real.LoadRecordAsync(chain, record, default));

    public ValueTask<ChainRecord?> LoadRecordAsync(
        ChainState checkpoint, RecordKey record, CancellationToken cancel) =>
        AskAsync("record", [], () => real.LoadRecordAsync(checkpoint, record, default));

    public async ValueTask<long?> FindKeyAsync(ChainKey chain, string key, CancellationToken cancel)
    {
        var found = await AskAsync("key", [], () => real.FindKeyAsync(chain, key, default));
        return flaw == Flaw.ForgetsKeys && world.Chance(0.5) ? null : found;
    }

    public async ValueTask<IReadOnlyList<long?>> FindKeysAsync(
        IReadOnlyList<(ChainKey Chain, string Key)> keys, CancellationToken cancel)
    {
        var found = await AskAsync("keys", [], () => real.FindKeysAsync(keys, default));
        return flaw == Flaw.ForgetsKeys && world.Chance(0.5) ? new long?[keys.Count] : found;
    }

    public ValueTask<IReadOnlyList<long>> FindReferenceAsync(
        ChainKey chain, string referenceId, long before, int limit, CancellationToken cancel) =>
        AskAsync("reference", [], () => real.FindReferenceAsync(chain, referenceId, before, limit, default));

    public ValueTask<IReadOnlyList<SealedEntry>> ReadAsync(
        ChainKey chain, long first, long last, CancellationToken cancel) =>
        AskAsync("read", [], () => real.ReadAsync(chain, first, last, default));

    public ValueTask<IReadOnlyList<string>> ListAccountsAsync(
        int project, string after, int limit, CancellationToken cancel) =>
        AskAsync("accounts", [], () => real.ListAccountsAsync(project, after, limit, default));

    public ValueTask<IReadOnlyList<ThingNumber>> ListRecordsAsync(
        ChainKey chain, RecordKind kind, ThingNumber before, int limit, CancellationToken cancel) =>
        AskAsync("records", [], () => real.ListRecordsAsync(chain, kind, before, limit, default));

    public ValueTask<Rollup> SumAsync(RollupQuery query, CancellationToken cancel) =>
        AskAsync("sums", [], () => real.SumAsync(query, default));

    public ValueTask<DuePage> TourDueAsync(Instant until, string? cursor, CancellationToken cancel) =>
        AskAsync("tour", [], () => real.TourDueAsync(until, cursor, default));

    /// <summary>To the end: how many steps it takes depends on threads that the world does not know.</summary>
    public ValueTask<TrailStep> TrailAsync(CancellationToken cancel)
    {
        while (!IsDead && Now(() => real.TrailAsync(default)) != TrailStep.None) { }
        return new(TrailStep.None);
    }

    public ValueTask ProbeAsync(CancellationToken cancel) => real.ProbeAsync(cancel);

    public ValueTask<Seal?> SealAsync(int project, Instant at, CancellationToken cancel) =>
        AskAsync("seal", [], () => real.SealAsync(project, at, default));

    public ValueTask<Seal?> LastSealAsync(int project, CancellationToken cancel) =>
        AskAsync("seals", [], () => real.LastSealAsync(project, default));

    public ValueTask<IReadOnlyList<SealSummary>> ListSealsAsync(
        int project, long before, int limit, CancellationToken cancel) =>
        AskAsync("seals", [], () => real.ListSealsAsync(project, before, limit, default));

    public async ValueTask<IHeldChains> HoldAsync(
        IReadOnlyList<KnownChain> chains, bool isBrief, CancellationToken cancel)
    {
        await ArriveAsync("hold");
        var keys = chains.Select(chain => chain.Key).ToList();
        RequireWayTo(keys);
        var held = Now(() => real.HoldAsync(chains, isBrief, default));
        locks.Take(this, keys, held);
        await world.PauseAsync();
        return IsDead ? throw Gone() : new Held(this, held);
    }

    public ValueTask DisposeAsync()
    {
        // Whoever opened the real store closes it.
        IsDead = true;
        return ValueTask.CompletedTask;
    }

    private void LetGo(IHeldChains held)
    {
        // A node that was killed has lost its locks.
        if (!IsDead) locks.LetGo(held);
    }

    private async Task CommitLateAsync(IReadOnlyList<ChainChange> batch)
    {
        await world.PauseAsync();
        if (!IsDead) Now(() => real.CommitAsync(batch, default));
    }

    private async ValueTask<T> AskAsync<T>(string what, IEnumerable<ChainKey> chains, Func<ValueTask<T>> ask)
    {
        await ArriveAsync(what);
        RequireWayTo(chains);
        var answer = Now(ask);
        await world.PauseAsync();
        if (IsDead) throw Gone();
        // Only of a shared store is the outcome ever unknown: the embedded one is a call in this process.
        if (IsShared && world.Chance(LostAfter)) throw Lost($"{what}: the outcome is unknown");
        return answer;
    }

    private async Task ArriveAsync(string what)
    {
        await world.PauseAsync();
        if (!IsDead && world.Chance(LostBefore)) throw Lost($"{what}: not reached");
    }

    /// <summary>At the very moment of the call: much may have happened since it arrived.</summary>
    private void RequireWayTo(IEnumerable<ChainKey> chains)
    {
        if (IsDead) throw Gone();
        if (locks.FindOthers(this, chains) is { IsEmpty: false } locked)
            throw new StoreUnavailableException("locked") { Chains = locked };
    }

    /// <summary>Off the world's scheduler, which the real store does not know, and to the end.</summary>
    private static T Now<T>(Func<ValueTask<T>> ask) => Task.Run(async () => await ask()).GetAwaiter().GetResult();

    private StoreUnavailableException Lost(string what)
    {
        world.Note($"fault: {what}");
        return new(what);
    }

    private static StoreUnavailableException Gone() => new("the node is dead");

    private sealed class Held(SimulatedStore store, IHeldChains real) : IHeldChains
    {
        public IReadOnlyList<ChainState?> States => real.States;

        public async ValueTask<ImmutableArray<ChainKey>> CommitAsync(
            IReadOnlyList<ChainChange> batch, CancellationToken cancel)
        {
            var moved = await store.AskAsync("commit held", [], () => real.CommitAsync(batch, default));
            return moved;
        }

        public ValueTask DisposeAsync()
        {
            store.LetGo(real);
            return ValueTask.CompletedTask;
        }
    }
}
