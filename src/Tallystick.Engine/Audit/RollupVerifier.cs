using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Audit;

/// <summary>Adds up again what is kept for reports, from the entries that it should count, and compares.</summary>
internal sealed class RollupVerifier(IStoreAudit audit, FaultReport faults)
{
    private readonly Dictionary<int, Rollup> _projects = [];
    private ChainRollups _accounts = new();

    /// <param name="changed">The records that the entry changed.</param>
    public void Note(in RawEntry row, JournalEntry entry, IReadOnlyCollection<ChainRecord> changed)
    {
        if (ChainRollups.RollupOf(entry, changed) is not { } added) return;
        var (inAccount, inProject) = audit.IsRolledUp(row);
        if (inAccount) _accounts.Add(row.Chain, added);
        if (!inProject) return;
        if (!_projects.TryGetValue(row.Chain.Project, out var sum)) _projects.Add(row.Chain.Project, sum = new());
        sum.Add(added);
    }

    /// <summary>Once all entries of the range have been noted.</summary>
    public void CheckAccounts(ChainRange range)
    {
        var (slots, days) = (new ChainRollups(), new ChainRollups());
        foreach (var (chain, grain, part) in faults.Read("I4", audit.ReadRollups(range)))
            (grain == RollupGrain.Slot ? slots : days).Add(chain, part);
        foreach (var chain in slots.All.Keys.Union(days.All.Keys).Union(_accounts.All.Keys))
        {
            var folded = _accounts.Find(chain);
            Check(folded, slots.Find(chain), chain);
            Check(folded?.ByDay(), days.Find(chain), chain);
        }
        _accounts = new();
    }

    /// <summary>Once all entries have been noted.</summary>
    public void CheckProjects()
    {
        var stored = new Dictionary<(int Project, RollupGrain Grain), Rollup>();
        foreach (var (project, grain, part) in faults.Read("I4", audit.ReadProjectRollups()))
        {
            if (!stored.TryGetValue((project, grain), out var sum)) stored.Add((project, grain), sum = new());
            sum.Add(part);
        }
        foreach (var project in stored.Keys.Select(key => key.Project).Union(_projects.Keys))
        {
            var folded = _projects.GetValueOrDefault(project);
            Check(folded, stored.GetValueOrDefault((project, RollupGrain.Slot)), ChainKey.OfProject(project));
            Check(folded?.ByDay(), stored.GetValueOrDefault((project, RollupGrain.Day)), ChainKey.OfProject(project));
        }
    }

    private void Check(Rollup? folded, Rollup? stored, ChainKey chain)
    {
        if (faults.IsOver) return;
        faults.Try("I4", () =>
        {
            if ((folded ?? new()).FindDifference(stored ?? new()) is { } cell)
                throw new InvariantBrokenException(
                    $"I4: what is kept for reports of {Slots.Start(cell.Slot)}, {Name(cell)}, is not the sum");
        }, chain);
    }

    private static string Name(in RollupCell cell) => cell.Axis == Axis.All ? "in all" : $"{cell.Axis} {cell.Value}";
}
