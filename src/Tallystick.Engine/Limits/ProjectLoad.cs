using System.Collections.Concurrent;
using Tallystick.Core.Journal;
using Tallystick.Engine.Identity;

namespace Tallystick.Engine.Limits;

/// <summary>
/// How many requests of a project are under way, so that one project's cannot take all that the others need too.
/// Thread-safe.
/// </summary>
public sealed class ProjectLoad(Ledger ledger)
{
    /// <summary>At 20,000 a second a fifth of a second's worth.</summary>
    public const int AtOnceMax = 4_096;
    private readonly ConcurrentDictionary<int, Counter> _underWay = new();

    /// <summary>
    /// False where that would be too many, by the project's own limit or, for its admins, by the server's; what entered
    /// must leave.
    /// </summary>
    public async ValueTask<bool> TryEnterAsync(Principal caller, CancellationToken cancel)
    {
        var own = caller.Role == KeyRole.Admin ? null
            : (await ledger.FindProjectAsync(caller.Project, cancel))?.Settings.Limits.RequestsAtOnce;
        var counter = _underWay.GetOrAdd(caller.Project, static _ => new());
        if (Interlocked.Increment(ref counter.Count) <= Math.Min(own ?? AtOnceMax, AtOnceMax)) return true;
        Interlocked.Decrement(ref counter.Count);
        return false;
    }

    public void Leave(int project) => Interlocked.Decrement(ref _underWay[project].Count);

    private sealed class Counter
    {
        public int Count;
    }
}
