using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Engine.Audit;

/// <summary>The settings that each project has had, and its tiers, which say themselves since when.</summary>
internal sealed class ProjectHistories
{
    /// <summary>
    /// By how much a lane may have been behind its project when it decided, with room for clocks that differ.
    /// </summary>
    private static readonly Duration Slack = Duration.FromSeconds(60);

    private readonly Dictionary<int, History> _projects = [];

    /// <summary>
    /// What a decision at this time may have been made by: the last settings and all tiers first, which is it nearly
    /// always; then, only asked for where that does not fit, older settings, and the tiers without their newest.
    /// </summary>
    public IEnumerable<ProjectTerms> TermsOf(int project, Instant at) =>
        _projects.TryGetValue(project, out var history) ? history.At(at) : new History().At(at);

    public void Note(ProjectState state)
    {
        if (!_projects.TryGetValue(state.Key.Project, out var history))
            _projects.Add(state.Key.Project, history = new());
        history.Settings.Remove(state.Settings);
        history.Settings.Add(state.Settings);
        history.Tiers = state.Tiers;
    }

    private sealed class History
    {
        public List<ProjectSettings> Settings { get; } = [ProjectSettings.Default];
        public TierBook Tiers { get; set; } = TierBook.Empty;

        public IEnumerable<ProjectTerms> At(Instant at)
        {
            for (var i = Settings.Count - 1; i >= 0; i--)
                yield return new(Settings[i], Tiers, ZonedCalendar.Instance);
            var versions = Tiers.Versions;
            for (var count = versions.Length - 1; count >= 0; count--)
            {
                var unknown = versions[count].From;
                if (unknown > at) continue;
                if (unknown.Plus(Slack) < at) break;
                yield return new(Settings[^1], new(versions[..count]), ZonedCalendar.Instance);
            }
        }
    }
}
