using System.Collections.Concurrent;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Lanes;

/// <summary>
/// The projects' states for all lanes and readers of this process. What this process commits shows at once; what
/// another node commits shows within <see cref="AgeMax"/>. Thread-safe.
/// </summary>
internal sealed class ProjectStates(ILedgerStore store, TimeProvider time)
{
    /// <summary>
    /// How long a revoked key may live on on another node: less than the five seconds that are promised.
    /// </summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<int, Known> _known = new();

    public ICollection<int> Projects => _known.Keys;

    public async ValueTask<ProjectState?> FindAsync(int project, CancellationToken cancel)
    {
        if (_known.TryGetValue(project, out var known)
            && !(store.IsShared && time.GetElapsedTime(known.LoadedAt) > AgeMax))
            return known.State;
        var asked = time.GetTimestamp();
        if (await store.LoadAsync(ChainKey.OfProject(project), cancel) is ProjectState loaded)
            return Keep(loaded, asked);
        return null;
    }

    public void Put(ProjectState state) => Keep(state, time.GetTimestamp());

    private ProjectState Keep(ProjectState state, long asOf) => _known.AddOrUpdate(
        state.Key.Project, new Known(state, asOf),
        (_, known) => known.State.Sequence > state.Sequence ? known : new(state, asOf)).State;

    private sealed record Known(ProjectState State, long LoadedAt);
}
