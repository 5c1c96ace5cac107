using System.Diagnostics;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Telemetry;

/// <summary>
/// Whether commits are taken: by what the lanes saw last and, where that is no longer fresh, by a probe. At most one
/// probe is under way, however many ask; a store that hangs holds one thread and no more. Thread-safe.
/// </summary>
internal sealed class StoreHealth(ILedgerStore store)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private Task _probe = Task.CompletedTask;
    private volatile Exception? _fault;
    private long _knownSince;

    public void Committed() => Know(null);
    public void Failed(Exception fault) => Know(fault);

    /// <summary>Why no commit would be taken now; null if one would be.</summary>
    public async Task<string?> FindFaultAsync(CancellationToken cancel)
    {
        var age = Stopwatch.GetElapsedTime(Interlocked.Read(ref _knownSince));
        if (age > (_fault is null ? FreshFor : RetryAfter))
        {
            try
            {
                await ProbeOnce().WaitAsync(PatienceMax, cancel);
            }
            catch (TimeoutException)
            {
                return "the store does not answer";
            }
        }
        return _fault is null ? null : "the store takes no commits";
    }

    private Task ProbeOnce()
    {
        lock (_gate)
        {
            if (_probe.IsCompleted) _probe = Task.Run(ProbeAsync);
            return _probe;
        }
    }

    private async Task ProbeAsync()
    {
        try
        {
            await store.ProbeAsync(CancellationToken.None);
            Committed();
        }
        catch (Exception fault) when (fault is StoreUnavailableException or StoreBrokenException)
        {
            Failed(fault);
        }
    }

    private void Know(Exception? fault)
    {
        _fault = fault;
        Interlocked.Exchange(ref _knownSince, Stopwatch.GetTimestamp());
    }
}
