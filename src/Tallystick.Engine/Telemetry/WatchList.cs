using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Telemetry;

/// <summary>
/// What is watched on this node, in memory, each until its end. Thread-safe. While there is none, following a request
/// costs two reads.
/// </summary>
public sealed class WatchList(TimeProvider time, ILoggerFactory logs)
{
    public const int CountMax = 100;
    private readonly ILogger _log = logs.CreateLogger("Tallystick.Steps");
    private ImmutableArray<Watch> _watches = [];

    public IEnumerable<Watch> Of(int project) => Present().Where(watch => watch.Project == project);

    /// <summary>Begins to watch, or changes the watch of that name; false when there are too many.</summary>
    public bool Put(Watch watch) => ImmutableInterlocked.Update(
        ref _watches,
        (watches, one) =>
        {
            var others = watches.RemoveAll(other => IsSame(other, one) || HasEnded(other));
            return others.Length < CountMax ? others.Add(one) : watches;
        },
        watch) && _watches.Contains(watch);

    /// <summary>Ends a watch; null if there is none of that name.</summary>
    public Watch? End(int project, string name)
    {
        var found = Of(project).FirstOrDefault(watch => watch.Name == name);
        if (found is not null) ImmutableInterlocked.Update(ref _watches, (watches, one) => watches.Remove(one), found);
        return found;
    }

    /// <summary>The steps of a request that is watched, or traced by the span it runs in; else null.</summary>
    /// <param name="chain">Null while the request has not named an account.</param>
    public Steps? Follow(int project, ThingNumber key, ChainKey? chain, string traceId)
    {
        var span = Activity.Current is { Recorded: true } current && current.Source == Signals.Source
            ? current.Context
            : default;
        var isWatched = !_watches.IsEmpty && Present().Any(watch => watch.Covers(project, key, chain));
        return isWatched || span != default ? new(traceId, isWatched ? _log : null, span) : null;
    }

    private IEnumerable<Watch> Present() => _watches.Where(watch => !HasEnded(watch));

    private bool HasEnded(Watch watch) => watch.EndsAt <= time.GetUtcNow();

    private static bool IsSame(Watch left, Watch right) => left.Project == right.Project && left.Name == right.Name;
}
