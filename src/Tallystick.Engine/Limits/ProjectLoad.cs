using System.Collections.Concurrent;

namespace Tallystick.Engine.Limits;

/// <summary>
/// How many requests of a project are under way, so that one project's cannot take all that the others need too.
/// Thread-safe.
/// </summary>
public sealed class ProjectLoad
{
    /// <summary>At 20,000 a second a fifth of a second's worth.</summary>
    public const int AtOnceMax = 4_096;
    private readonly ConcurrentDictionary<int, Counter> _underWay = new();

    /// <summary>False where that would be too many; what entered must leave.</summary>
    public bool TryEnter(int project)
    {
        var counter = _underWay.GetOrAdd(project, static _ => new());
        if (Interlocked.Increment(ref counter.Count) <= AtOnceMax) return true;
        Interlocked.Decrement(ref counter.Count);
        return false;
    }

    public void Leave(int project) => Interlocked.Decrement(ref _underWay[project].Count);

    private sealed class Counter
    {
        public int Count;
    }
}
