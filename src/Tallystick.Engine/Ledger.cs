using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Explanations;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine.Housekeeping;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;
using Tallystick.Engine.Reads;
using Tallystick.Engine.Reports;
using Tallystick.Engine.Rerating;
using Tallystick.Engine.Telemetry;

namespace Tallystick.Engine;

/// <summary>
/// Owns the lanes, the housekeeping and the store: the way in for commands, the way out for reads. Thread-safe.
/// </summary>
public sealed class Ledger : ILedger, IAsyncDisposable
{
    private const int FoldPage = 512;
    private const ConfigureAwaitOptions Quietly =
        ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext;
    private readonly ILedgerStore _store;
    private readonly Lane[] _lanes;
    private readonly ProjectStates _projects;
    private readonly Sweeper _sweeper;
    private readonly LedgerMeter _meter;
    private readonly StoreHealth _health;
    private readonly Task _housekeeping;
    private readonly TaskScheduler? _scheduler;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Ledger(ILedgerStore store, LedgerClock clock, LaneOptions options, ILogger<Ledger> logger)
    {
        _store = store;
        Clock = clock;
        _scheduler = options.Scheduler;
        _time = options.Time;
        _projects = new(store, options.Time);
        _sweeper = new(store, this, clock, options.Time, logger);
        _meter = new(
            store, () => _lanes?.Sum(lane => lane.Queued) ?? 0, () => _lanes?.Sum(lane => lane.Cache.Count) ?? 0);
        _health = new(store);
        var turns = options.Lanes == 1 ? null : new CommitTurns(options.FewAtOnce, options.Time);
        _lanes = [.. Enumerable.Range(0, options.Lanes).Select(
            _ => new Lane(store, _projects, clock, options, turns, _sweeper.Note, new(_meter, _health), logger))];
        _ = EndAsync(Task.WhenAll(_lanes.Select(RunAsync)));
        var sealer = new Sealer(store, _projects, clock, options.Time, _meter, logger);
        _housekeeping = Task.WhenAll(_sweeper.RunAsync(_ending.Token), sealer.RunAsync(_ending.Token));
    }

    public LedgerClock Clock { get; }

    /// <summary>What the store says of itself.</summary>
    public string Store => _store.Description;

    /// <summary>Where the nodes of a shared store count what they limit; null where this process is alone.</summary>
    public IRateStore? SharedRates => _store as IRateStore;

    /// <summary>Ends only when the ledger does; faulted as soon as a lane had to stop.</summary>
    public Task Running => _running.Task;

    /// <summary>Why a change would not be taken now; null if it would be.</summary>
    public async Task<string?> FindFaultAsync(CancellationToken cancel) =>
        Running.IsCompleted ? "the ledger has stopped"
        : _store.IsBehind ? "the store is catching up"
        : await _health.FindFaultAsync(cancel);

    public Task<Reply> ExecuteAsync(LedgerRequest request, CancellationToken cancel) =>
        LaneOf(request.Chain).EnqueueAsync(request).WaitAsync(cancel);

    /// <summary>
    /// Moves a test clock forward and enters all that falls due on the way. When it returns, nothing is under way that
    /// was decided at an earlier time. False, and nothing happens, when that would be backwards.
    /// </summary>
    public async Task<bool> AdvanceAsync(Instant to, CancellationToken cancel)
    {
        if (!Clock.Advance(to)) return false;
        await Task.WhenAll(_lanes.Select(lane => lane.PassAsync(cancel)));
        await _sweeper.SweepAsync(cancel);
        return true;
    }

    /// <summary>The present state of a chain, with all that any node has acknowledged.</summary>
    public async ValueTask<ChainState?> LoadAsync(ChainKey chain, CancellationToken cancel) =>
        (_store.IsShared ? null : LaneOf(chain).Cache.Peek(chain)) ?? await _store.LoadAsync(chain, cancel);

    /// <summary>A project: what this process committed at once, what another node did within a second.</summary>
    public ValueTask<ProjectState?> FindProjectAsync(int project, CancellationToken cancel) =>
        _projects.FindAsync(project, cancel);

    /// <summary>What a command of a project would be decided by at an instant.</summary>
    public async ValueTask<Envelope> EnvelopeAsync(int project, Instant at, CancellationToken cancel) =>
        new(at, await _projects.TermsAsync(project, cancel)) { Prices = await FindPricesAsync(project, cancel) };

    /// <summary>All prices and pricing settings of a project, as fresh as the project itself.</summary>
    public async ValueTask<PriceBook> FindPricesAsync(int project, CancellationToken cancel) =>
        await _projects.Prices.FindAsync(await _projects.FindAsync(project, cancel), null, cancel);

    /// <summary>The present state of an account by its own id; null if there is none.</summary>
    public async ValueTask<AccountState?> FindAccountAsync(int project, string accountId, CancellationToken cancel)
    {
        for (var probe = 0; probe < Turn.ProbesMax; probe++)
        {
            var state = (AccountState?)await LoadAsync(ChainKey.OfAccount(project, accountId, probe), cancel);
            if (state is null || state.AccountId == accountId) return state;
        }
        return null;
    }

    /// <summary>An account's profile; empty where it has none, or its text has been erased.</summary>
    public async ValueTask<Profile> ProfileAsync(AccountState state, CancellationToken cancel) =>
        state.Texts.ProfileAt == 0 ? Profile.Empty
            : ProfileText.Read((await EntryAsync(state.Key, state.Texts.ProfileAt, cancel))?.Text);

    /// <summary>A chain's present: its time never runs backwards, whatever the clock does.</summary>
    public Instant TimeOf(ChainState state) => Instant.Max(Clock.Now, state.LastAt);

    /// <summary>
    /// The account at an instant: the fold of what was entered by then, with everything due by then. Null before it was
    /// opened.
    /// </summary>
    public async ValueTask<AccountState?> AtAsync(AccountState present, Instant at, CancellationToken cancel)
    {
        var state = present.LastAt <= at ? present : await FoldToAsync(present, at, cancel);
        if (state is null) return null;
        return AccountRules.At(state, at, await _projects.TermsAsync(present.Key.Project, cancel));
    }

    /// <summary>An account with all its things as of now, what is due included; null if there is none.</summary>
    public async ValueTask<AccountView?> ViewAsync(ChainKey chain, CancellationToken cancel) =>
        await LoadAsync(chain, cancel) is AccountState state
            ? new(_store, state, TimeOf(state), await _projects.TermsAsync(chain.Project, cancel), cancel)
            : null;

    /// <summary>A project with all its things, with what any node has acknowledged; null if there is none.</summary>
    public async ValueTask<ProjectView?> ViewProjectAsync(int project, CancellationToken cancel) =>
        await LoadAsync(ChainKey.OfProject(project), cancel) is ProjectState state ? new(_store, state, cancel) : null;

    /// <summary>One entry as it was committed; null if there is none.</summary>
    public ValueTask<SealedEntry?> EntryAsync(ChainKey chain, long sequence, CancellationToken cancel) =>
        ChainReader.EntryAsync(_store, chain, null, sequence, cancel);

    /// <summary>Ids of a project's accounts in ordinal order.</summary>
    public ValueTask<IReadOnlyList<string>> ListAccountsAsync(
        int project, string after, int limit, CancellationToken cancel) =>
        _store.ListAccountsAsync(project, after, limit, cancel);

    /// <summary>A chain's journal, newest entries first.</summary>
    public JournalReader Journal(ChainKey chain) => new(_store, chain);

    /// <summary>Reports on an account, or by a project's own chain on all of its accounts.</summary>
    public ReportReader Reports(ChainKey chain) => new(_store, chain);

    /// <summary>Prices charges of a project again, by its prices of now.</summary>
    /// <param name="text">The reason, salted anew for each entry.</param>
    public async ValueTask<Rerater> ReratingAsync(
        int project, RerateQuery query, Origin origin, Func<EntryText?> text, CancellationToken cancel) =>
        new(this, _store, query, await EnvelopeAsync(project, Clock.Now, cancel), origin, text, _time);

    /// <summary>A project's seals, descending from <paramref name="before"/>.</summary>
    public ValueTask<IReadOnlyList<SealSummary>> ListSealsAsync(
        int project, long before, int limit, CancellationToken cancel) =>
        _store.ListSealsAsync(project, before, limit, cancel);

    /// <summary>What an account's entry did and why; null if there is no such entry.</summary>
    public async ValueTask<Explanation?> ExplainAsync(ChainKey account, long sequence, CancellationToken cancel)
    {
        if (account.IsProject || await EntryAsync(account, sequence, cancel) is not { } explained) return null;
        // What is dated earlier comes earlier, whatever shares its instant.
        var before = new Instant(explained.Entry.At.Micros - 1);
        var state = await CheckpointAsync(account, before, cancel);
        var history = new HistoryRecords(state);
        await foreach (var entry in ReadAsync(account, (state?.Sequence ?? 0) + 1, sequence - 1, cancel))
            state = await history.FoldAsync(_store, state, entry, cancel);
        return await history.ExplainAsync(_store, state, explained, cancel);
    }

    /// <summary>A licence as an entry of its account left it; null where it was not there.</summary>
    public async ValueTask<License?> LicenseAfterAsync(
        JournalEntry entry, ThingNumber license, CancellationToken cancel)
    {
        var state = await CheckpointAsync(entry.Chain, new(entry.At.Micros - 1), cancel);
        var history = new HistoryRecords(state);
        await foreach (var next in ReadAsync(entry.Chain, (state?.Sequence ?? 0) + 1, entry.Sequence, cancel))
            state = await history.FoldAsync(_store, state, next, cancel);
        return state?.FindLicense(license) ?? await history.LicenseAsync(_store, entry.Chain, license, cancel);
    }

    private async ValueTask<AccountState?> FoldToAsync(AccountState present, Instant at, CancellationToken cancel)
    {
        var state = await CheckpointAsync(present.Key, at, cancel);
        var history = new HistoryRecords(state);
        await foreach (var entry in ReadAsync(present.Key, (state?.Sequence ?? 0) + 1, present.Sequence, cancel))
        {
            if (entry.Entry.At > at) break;
            state = await history.FoldAsync(_store, state, entry, cancel);
        }
        return state;
    }

    private async ValueTask<AccountState?> CheckpointAsync(ChainKey chain, Instant at, CancellationToken cancel) =>
        (AccountState?)await _store.LoadCheckpointAsync(chain, at, cancel);

    private async IAsyncEnumerable<SealedEntry> ReadAsync(
        ChainKey chain, long first, long last, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (; first <= last; first += FoldPage)
        {
            var page = await _store.ReadAsync(chain, first, Math.Min(last, first + FoldPage - 1), cancel);
            foreach (var entry in page) yield return entry;
            if (page.Count < FoldPage) break;
        }
    }

    private void EndHousekeeping() => _ending.Cancel();

    // The embedded store commits synchronously and would starve the pool.
    private Task RunAsync(Lane lane) => _scheduler is null && !_store.IsShared
        ? LaneThread.RunAsync(() => TryRunAsync(lane))
        : Task.Factory.StartNew(
            () => TryRunAsync(lane), CancellationToken.None, TaskCreationOptions.None,
            _scheduler ?? TaskScheduler.Default).Unwrap();

    private async Task TryRunAsync(Lane lane)
    {
        try
        {
            await lane.RunAsync(CancellationToken.None);
        }
        catch (Exception fault)
        {
            _running.TrySetException(fault);
        }
    }

    private async Task EndAsync(Task lanes)
    {
        await lanes;
        _running.TrySetResult();
    }

    // An account that has a later probe's number may meet itself in two lanes: the store's version check decides
    // between them.
    private Lane LaneOf(ChainKey chain) => _lanes[(int)((ulong)chain.Number % (ulong)_lanes.Length)];

    public async ValueTask DisposeAsync()
    {
        foreach (var lane in _lanes) lane.Complete();
        await Running.ConfigureAwait(Quietly);
        // The last seal covers the last commits.
        EndHousekeeping();
        await _housekeeping.ConfigureAwait(Quietly);
        await _store.DisposeAsync();
        _meter.Dispose();
        _sweeper.Dispose();
        _ending.Dispose();
    }
}
