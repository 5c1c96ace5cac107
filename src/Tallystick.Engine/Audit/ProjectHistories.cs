using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;

namespace Tallystick.Engine.Audit;

/// <summary>The settings that each project has had, in order, and its tiers, which say themselves since when.</summary>
internal sealed class ProjectHistories
{
    private readonly Dictionary<int, History> _projects = [];

    public IReadOnlyList<ProjectTerms> TermsOf(int project) => Of(project).Terms;

    public void Note(ProjectState state)
    {
        var history = Of(state.Key.Project);
        // The last one is tried first, and most often it is the one.
        history.Settings.Remove(state.Settings);
        history.Settings.Add(state.Settings);
        history.Tiers = state.Tiers;
        history.Terms = history.Settings.ConvertAll(
            settings => new ProjectTerms(settings, history.Tiers, ZonedCalendar.Instance));
    }

    private History Of(int project)
    {
        if (!_projects.TryGetValue(project, out var history)) _projects.Add(project, history = new());
        return history;
    }

    private sealed class History
    {
        public List<ProjectSettings> Settings { get; } = [ProjectSettings.Default];
        public TierBook Tiers { get; set; } = TierBook.Empty;
        public List<ProjectTerms> Terms { get; set; } =
            [new(ProjectSettings.Default, TierBook.Empty, ZonedCalendar.Instance)];
    }
}
