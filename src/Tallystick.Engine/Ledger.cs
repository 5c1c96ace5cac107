using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Explanations;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine;

/// <summary>Owns the lane and the store: the way in for commands, the way out for reads. Thread-safe.</summary>
public sealed class Ledger : ILedger, IAsyncDisposable
{
    private const int FoldPage = 512;
    private readonly ILedgerStore _store;
    private readonly Lane _lane;
    private readonly Task _running;

    public Ledger(ILedgerStore store, LedgerClock clock, LaneOptions options, ILogger<Ledger> logger)
    {
        _store = store;
        Clock = clock;
        _lane = new(store, clock, options, logger);
        // A thread of its own: the embedded store commits synchronously and would starve the pool.
        _running = Task.Factory.StartNew(
            () => _lane.RunAsync(CancellationToken.None), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap();
    }

    public LedgerClock Clock { get; }

    /// <summary>Ends only when the ledger does; faulted when it had to stop.</summary>
    public Task Running => _running;

    public Task<Reply> ExecuteAsync(LedgerRequest request, CancellationToken cancel) =>
        _lane.EnqueueAsync(request).WaitAsync(cancel);

    /// <summary>The present state of a chain, as last committed.</summary>
    public async ValueTask<ChainState?> LoadAsync(ChainKey chain, CancellationToken cancel) =>
        _lane.Cache.Peek(chain) ?? await _store.LoadAsync(chain, cancel);

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

    /// <summary>
    /// The account at an instant: the fold of what was entered by then, with everything due by then. Null before it was opened.
    /// </summary>
    public async ValueTask<AccountState?> AtAsync(AccountState present, Instant at, CancellationToken cancel)
    {
        var state = present.LastAt <= at ? present : await FoldToAsync(present, at, cancel);
        return state is null ? null : AccountRules.At(state, at, LoadedRecords.None);
    }

    /// <summary>What an account's entry did and why; null if there is no such entry.</summary>
    public async ValueTask<Explanation?> ExplainAsync(ChainKey account, long sequence, CancellationToken cancel)
    {
        var history = new HistoryRecords();
        AccountState? state = null;
        await foreach (var entry in ReadFromStartAsync(account, sequence, cancel))
        {
            if (entry.Entry.Sequence == sequence) return await history.ExplainAsync(_store, state, entry, cancel);
            state = await history.FoldAsync(_store, state, entry, cancel);
        }
        return null;
    }

    private async ValueTask<AccountState?> FoldToAsync(AccountState present, Instant at, CancellationToken cancel)
    {
        AccountState? state = null;
        var history = new HistoryRecords();
        await foreach (var entry in ReadFromStartAsync(present.Key, present.Sequence, cancel))
        {
            if (entry.Entry.At > at) break;
            state = await history.FoldAsync(_store, state, entry, cancel);
        }
        return state;
    }

    private async IAsyncEnumerable<SealedEntry> ReadFromStartAsync(
        ChainKey chain, long last, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (var first = 1L; first <= last; first += FoldPage)
        {
            var page = await _store.ReadAsync(chain, first, Math.Min(last, first + FoldPage - 1), cancel);
            foreach (var entry in page) yield return entry;
            if (page.Count < FoldPage) break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _lane.Complete();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _store.DisposeAsync();
    }
}
