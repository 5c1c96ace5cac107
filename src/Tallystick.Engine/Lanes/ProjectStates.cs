using System.Collections.Concurrent;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
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

    public async ValueTask<ProjectState?> FindAsync(int project, CancellationToken cancel) =>
        (await KnownAsync(project, cancel))?.State;

    /// <summary>What accounts of a project are decided by.</summary>
    public async ValueTask<ProjectTerms> TermsAsync(int project, CancellationToken cancel) =>
        (await KnownAsync(project, cancel))?.Terms ?? TermsOf(null);

    /// <summary>As <see cref="TermsAsync"/>, with what any node has acknowledged.</summary>
    public async ValueTask<ProjectTerms> PresentTermsAsync(int project, CancellationToken cancel) =>
        (await LoadAsync(project, cancel))?.Terms ?? TermsOf(null);

    public static ProjectTerms TermsOf(ProjectState? state) =>
        new(state?.Settings ?? ProjectSettings.Default, state?.Tiers ?? TierBook.Empty, ZonedCalendar.Instance);

    public void Put(ProjectState state) => Keep(state, time.GetTimestamp());

    private ValueTask<Known?> KnownAsync(int project, CancellationToken cancel)
    {
        var isFresh = _known.TryGetValue(project, out var known)
            && !(store.IsShared && time.GetElapsedTime(known.LoadedAt) > AgeMax);
        return isFresh ? new(known) : LoadAsync(project, cancel);
    }

    private async ValueTask<Known?> LoadAsync(int project, CancellationToken cancel)
    {
        var asked = time.GetTimestamp();
        return await store.LoadAsync(ChainKey.OfProject(project), cancel) is ProjectState state ? Keep(state, asked)
            : null;
    }

    private Known Keep(ProjectState state, long asOf) => _known.AddOrUpdate(
        state.Key.Project, new Known(state, TermsOf(state), asOf),
        (_, known) => known.State.Sequence > state.Sequence ? known
            : known.State.Sequence == state.Sequence ? known with { LoadedAt = asOf }
            : new(state, TermsOf(state), asOf));

    private sealed record Known(ProjectState State, ProjectTerms Terms, long LoadedAt);
}
