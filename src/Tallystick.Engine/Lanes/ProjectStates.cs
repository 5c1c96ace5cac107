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
    /// <summary>After so long a state is read again, by one caller while the others go on with what is known.</summary>
    private static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(1);

    /// <summary>
    /// After so long nobody goes on with it: a revoked key must not live on another node for five seconds.
    /// </summary>
    private static readonly TimeSpan AgeEnd = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<int, Known> _known = new();

    private readonly ConcurrentDictionary<int, bool> _refreshing = new();

    /// <summary>The numbers of all projects.</summary>
    public async ValueTask<IReadOnlyList<int>> AllAsync(CancellationToken cancel) =>
        await FindAsync(ChainKey.FirstProject, cancel) is { } first
            ? [ChainKey.FirstProject, .. first.Register.Select(project => project.Number)]
            : [];

    public PriceBooks Prices { get; } = new(store);

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
        var age = _known.TryGetValue(project, out var known) && store.IsShared
            ? time.GetElapsedTime(known.LoadedAt)
            : TimeSpan.Zero;
        if (known is null || age > AgeEnd) return LoadAsync(project, cancel);
        if (age > AgeMax) _ = RefreshAsync(project);
        return new(known);
    }

    /// <summary>What fails here fails again, and is heard of, when nobody can go on with what is known.</summary>
    private async Task RefreshAsync(int project)
    {
        if (!_refreshing.TryAdd(project, true)) return;
        await Task.Yield();
        try
        {
            await LoadAsync(project, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // Tried again by the next caller.
        }
        finally
        {
            _refreshing.TryRemove(project, out _);
        }
    }

    private async ValueTask<Known?> LoadAsync(int project, CancellationToken cancel)
    {
        var asked = time.GetTimestamp();
        return await store.LoadAsync(ChainKey.OfProject(project), cancel) is ProjectState state ? Keep(state, asked)
            : null;
    }

    // What was asked for later knows more, also where it is less: a failover may have lost entries.
    private Known Keep(ProjectState state, long asOf) => _known.AddOrUpdate(
        state.Key.Project, new Known(state, TermsOf(state), asOf),
        (_, known) => (known.LoadedAt, known.State.Sequence).CompareTo((asOf, state.Sequence)) > 0 ? known
            : known.State.Head.AsSpan().SequenceEqual(state.Head) ? known with { LoadedAt = asOf }
            : new(state, TermsOf(state), asOf));

    private sealed record Known(ProjectState State, ProjectTerms Terms, long LoadedAt);
}
