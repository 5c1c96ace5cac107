using System.Collections.Concurrent;
using Tallystick.Core.Journal;

namespace Tallystick.Gateway.Generations;

/// <summary>The generations that this process is working on, so that they can be cancelled. Thread-safe.</summary>
internal sealed class GenerationBook
{
    private readonly ConcurrentDictionary<(ChainKey, ThingNumber), CancellationTokenSource> _running = new();

    public void Add(ChainKey chain, ThingNumber hold, CancellationTokenSource cancel) =>
        _running[(chain, hold)] = cancel;

    public void Remove(ChainKey chain, ThingNumber hold) => _running.TryRemove((chain, hold), out _);

    /// <summary>False where this process is not at it.</summary>
    public bool Cancel(ChainKey chain, ThingNumber hold)
    {
        if (!_running.TryGetValue((chain, hold), out var cancel)) return false;
        try
        {
            cancel.Cancel();
            return true;
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
            return false;
        }
    }
}
