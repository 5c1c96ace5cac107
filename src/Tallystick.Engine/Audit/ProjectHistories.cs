using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Engine.Audit;

/// <summary>
/// The settings that each project has had, and its tiers and prices, which say themselves since when.
/// </summary>
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

    /// <summary>The book as of the last entry noted.</summary>
    public PriceBook PricesOf(int project) => Of(project).Book ??= PriceBook.Of(Of(project).Priced);

    /// <summary>All multipliers that tiers of the project have had, and none.</summary>
    public IReadOnlyCollection<ExactDecimal> TierFactorsOf(int project) =>
        Of(project).Factors ??=
            [.. Of(project).Tiers.Versions.Select(version => version.Terms.Factor).Append(ExactDecimal.One).Distinct()];

    /// <param name="entry">The entry that made the state.</param>
    public void Note(ProjectState state, JournalEntry entry)
    {
        var history = Of(state.Key.Project);
        if (state.PricingEntries.LastOrDefault() == entry.Sequence)
        {
            history.Priced.Add(entry);
            history.Book = null;
        }
        history.Settings.Remove(state.Settings);
        history.Settings.Add(state.Settings);
        history.Tiers = state.Tiers;
        history.Factors = null;
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
        public IReadOnlyCollection<ExactDecimal>? Factors { get; set; }
        public List<JournalEntry> Priced { get; } = [];
        public PriceBook? Book { get; set; }

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
