using System.Collections.Concurrent;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Limits;

/// <summary>
/// Counts together with the other nodes of a shared store. What a limit leaves is leased in portions, many things in
/// one call, and used up in memory: no request writes. A lease is good in its segment of six seconds only and counts as
/// used from the start, so that all nodes together never have more than the limit in any sixty seconds. While the store
/// is silent the lease goes on to its end; then nothing is let through, and whoever asks is told of the fault.
/// Thread-safe.
/// </summary>
public sealed class SharedRateCounts : IRateCounts, IAsyncDisposable
{
    private const int ThingsAtOnce = 500;
    private const int RoundsMax = 1_000;
    private static readonly TimeSpan TendEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    /// <summary>Longer than a call takes, at whose end its tokens are noted.</summary>
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<RateThing, SharedRate> _rates = new();
    private readonly ConcurrentQueue<SharedRate> _asking = new();
    private readonly IRateStore _store;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;
    private int _isRunning;

    public SharedRateCounts(IRateStore store, TimeProvider time)
    {
        (_store, _time, _start) = (store, time, time.GetTimestamp());
        _timer = time.CreateTimer(_ => Tend(), null, TendEvery, TendEvery);
    }

    /// <summary>Things that are remembered.</summary>
    public int Count => _rates.Count;

    /// <exception cref="StoreUnavailableException">Nothing is in hand, and the store does not answer.</exception>
    public async ValueTask<RateLevel> TakeAsync(RateThing thing, long limit, long amount, CancellationToken cancel)
    {
        for (var round = 0; round < RoundsMax; round++)
        {
            var rate = _rates.GetOrAdd(thing, static thing => new(thing));
            Task answer;
            lock (rate)
            {
                if (rate.IsForgotten) continue;
                if (rate.TryTake(Now, limit, amount) is { } level)
                {
                    if (level.IsTaken && amount > 0 && rate.RunsLow()) Ask(rate);
                    return level;
                }
                answer = rate.WaitAsync(amount);
                Ask(rate);
            }
            await answer.WaitAsync(cancel);
        }
        throw new OverloadedException("a limit is asked for faster than the store can say what is left of it");
    }

    /// <summary>Nothing is noted of what nobody has asked about here within the hour: it has no limit.</summary>
    public void Note(RateThing thing, long amount)
    {
        if (!_rates.TryGetValue(thing, out var rate)) return;
        lock (rate) rate.Note(Now, amount);
    }

    /// <summary>Gives back what is in hand.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        using var patience = new CancellationTokenSource(EndPatience);
        foreach (var rates in _rates.Values.Chunk(ThingsAtOnce))
        {
            var asks = rates.Select(rate =>
            {
                lock (rate) return rate.Ask(Now, isLast: true) with { Needed = 0, Wanted = 0 };
            }).Where(ask => ask.Returned > 0 || ask.Noted > 0).ToList();
            try
            {
                if (asks.Count > 0) await _store.LeaseAsync(asks, patience.Token);
            }
            catch (Exception fault) when (fault is StoreUnavailableException or OperationCanceledException)
            {
                // It comes back by its age.
                return;
            }
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Under the lock of what is asked for.</summary>
    private void Ask(SharedRate rate)
    {
        if (rate.IsAsked) return;
        rate.IsAsked = true;
        _asking.Enqueue(rate);
        if (Interlocked.Exchange(ref _isRunning, 1) == 0) _ = RunAsync();
    }

    /// <summary>One call at a time: what is asked for meanwhile goes together with the next one.</summary>
    private async Task RunAsync()
    {
        await Task.Yield();
        while (true)
        {
            var rates = new List<SharedRate>();
            while (rates.Count < ThingsAtOnce && _asking.TryDequeue(out var rate)) rates.Add(rate);
            if (rates.Count > 0)
            {
                await RunAsync(rates);
                continue;
            }
            Volatile.Write(ref _isRunning, 0);
            if (_asking.IsEmpty || Interlocked.Exchange(ref _isRunning, 1) == 1) return;
        }
    }

    private async Task RunAsync(List<SharedRate> rates)
    {
        var asked = Now;
        try
        {
            var asks = rates.ConvertAll(rate =>
            {
                lock (rate) return rate.Ask(asked);
            });
            var leases = await _store.LeaseAsync(asks, CancellationToken.None);
            for (var i = 0; i < rates.Count; i++)
                lock (rates[i]) rates[i].Answered(asks[i], leases[i], asked);
        }
        catch (Exception fault)
        {
            // Whoever waits is told, whatever it was; those that were answered wait for nothing.
            foreach (var rate in rates)
                lock (rate) rate.Failed(fault);
        }
    }

    /// <summary>Tells what was used and gives back what was not, although nobody calls; forgets what is idle.</summary>
    private void Tend()
    {
        foreach (var (thing, rate) in _rates)
            lock (rate)
            {
                if (rate.HasNews(Now)) Ask(rate);
                else if (!rate.IsAsked && Now - rate.UsedAt > ForgetAfter)
                {
                    rate.IsForgotten = true;
                    _rates.TryRemove(new(thing, rate));
                }
            }
    }
}
