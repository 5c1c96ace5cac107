using Tallystick.Core.Projects;

namespace Tallystick.Engine.Audit;

/// <summary>The settings that each project has had, in order.</summary>
internal sealed class ProjectHistories
{
    private readonly Dictionary<int, List<ProjectSettings>> _settings = [];

    public IReadOnlyList<ProjectSettings> SettingsOf(int project) =>
        _settings.TryGetValue(project, out var settings) ? settings : [ProjectSettings.Default];

    public void Note(ProjectState state)
    {
        if (!_settings.TryGetValue(state.Key.Project, out var settings))
            _settings.Add(state.Key.Project, settings = [ProjectSettings.Default]);
        // The last one is tried first, and most often it is the one.
        settings.Remove(state.Settings);
        settings.Add(state.Settings);
    }
}
