using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Housekeeping;

/// <summary>
/// Enters what falls due in accounts that nobody touches. Nothing depends on when: every command settles what is due
/// before it, and every read shows it. It knows the accounts that this process has changed; a tour of the store finds
/// the others.
/// </summary>
internal sealed partial class Sweeper(
    ILedgerStore store, ILedger ledger, LedgerClock clock, TimeProvider time, ILogger logger) : IDisposable
{
    private const int AtOnce = 256;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Between two steps of a tour, so that it takes a few per cent of a core.</summary>
    private static readonly TimeSpan TourPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TourInterval = TimeSpan.FromSeconds(60);

    /// <summary>After so long an account is tried again that could not be settled although the store serves.</summary>
    private static readonly Duration Retry = Duration.FromSeconds(60);
    private readonly DueBook _due = new();
    private readonly SemaphoreSlim _sweeping = new(1);
    private bool _hasToured;

    /// <summary>What a commit has left: called by the lanes.</summary>
    public void Note(ChainState state)
    {
        if (state.NextDue is { } at) _due.Note(state.Key, at);
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        var tour = TourAgainAndAgainAsync(cancel);
        while (!cancel.IsCancellationRequested)
        {
            await Pauses.WaitAsync(Pause, time, cancel);
            if (cancel.IsCancellationRequested) break;
            await TryAsync(() => SettleAsync(clock.Now, cancel), cancel);
        }
        await tour;
    }

    /// <summary>Enters all that is due by now, in every account, before it returns.</summary>
    public async Task SweepAsync(CancellationToken cancel)
    {
        if (!_hasToured || store.IsShared) await TourAsync(TimeSpan.Zero, cancel);
        await SettleAsync(clock.Now, cancel);
    }

    public void Dispose() => _sweeping.Dispose();

    private async Task TourAgainAndAgainAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await TryAsync(() => TourAsync(TourPause, cancel), cancel);
            // A store of its own hears of every change; in a shared one other nodes may have left something.
            if (_hasToured && !store.IsShared) return;
            await Pauses.WaitAsync(TourInterval, time, cancel);
        }
    }

    private async Task TourAsync(TimeSpan pause, CancellationToken cancel)
    {
        string? cursor = null;
        do
        {
            var page = await store.TourDueAsync(store.IsShared ? clock.Now : Instant.MaxValue, cursor, cancel);
            foreach (var (chain, at) in page.Due) _due.Note(chain, at);
            cursor = page.Next;
            if (cursor is not null && pause > TimeSpan.Zero) await Task.Delay(pause, time, cancel);
        }
        while (cursor is not null);
        _hasToured = true;
    }

    /// <summary>
    /// One that cannot be settled keeps no other: it is due again, and the first fault is thrown in the end.
    /// </summary>
    private async Task SettleAsync(Instant now, CancellationToken cancel)
    {
        await _sweeping.WaitAsync(cancel);
        var failed = new List<(ChainKey Chain, Exception Fault)>();
        try
        {
            while (!failed.Exists(one => IsOfTheStore(one.Fault)) && _due.Take(now, AtOnce) is { Count: > 0 } chains)
                foreach (var (chain, fault) in await Task.WhenAll(chains.Select(chain => TrySettleAsync(chain, now))))
                    if (fault is not null) failed.Add((chain, fault));
        }
        finally
        {
            foreach (var (chain, fault) in failed) _due.Note(chain, IsOfTheStore(fault) ? now : now.Plus(Retry));
            _sweeping.Release();
        }
        if (failed.Count > 0) ExceptionDispatchInfo.Throw(failed[0].Fault);
    }

    private async Task<(ChainKey Chain, Exception? Fault)> TrySettleAsync(ChainKey chain, Instant now)
    {
        try
        {
            // Not to be cancelled: a lane that ends answers what is in its queue.
            var reply = await ledger.ExecuteAsync(
                new() { Chain = chain, Account = new AccountCommand.SettleDue() }, CancellationToken.None);
            // What is due later is noted by the commit. An account where nothing was due after all is noted here: of
            // one with many things the state itself knows only that nothing is due before.
            if (reply is Reply.Unchanged { State: AccountState { ExactDue: { } at } })
                _due.Note(chain, at > now ? at : now.Plus(Retry));
            return (chain, null);
        }
        catch (Exception fault)
        {
            return (chain, fault);
        }
    }

    /// <summary>Then the next account fares no better.</summary>
    private static bool IsOfTheStore(Exception fault) =>
        fault is StoreUnavailableException { IsPartial: false } or OverloadedException;

    /// <summary>A fault ends a sweep and not the sweeper, whatever it is: what was due still is.</summary>
    private async Task TryAsync(Func<Task> work, CancellationToken cancel)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The process ends.
        }
        catch (Exception fault)
        {
            LogFault(fault);
        }
    }

    [LoggerMessage(3, LogLevel.Warning, "A sweep was cut short; the next one goes on", EventName = "sweep_failed")]
    private partial void LogFault(Exception fault);
}
