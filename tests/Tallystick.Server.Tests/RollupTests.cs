using Tallystick.Core.Reports;
using Tallystick.Engine.Audit;
using Tallystick.Server.Tests.Books;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>What is kept for reports is made from the journal, and held against it.</summary>
public sealed class RollupTests(SampleFixture sample)
{
    [Fact]
    public void Any_sum_kept_for_reports_that_is_not_the_journals_is_found_I4()
    {
        var books = MemoryAudit.Of(sample.Folder);
        Assert.Empty(books.Verify());
        Assert.NotEmpty(books.Rollups);
        Assert.NotEmpty(books.ProjectRollups);
        foreach (var change in new Func<Rollup, Rollup>[] { Raised, Lowered, Without, Elsewhere })
        {
            for (var i = 0; i < books.Rollups.Count; i++)
            {
                var was = books.Rollups[i];
                books.Rollups[i] = was with { Part = change(was.Part) };
                Found(books.Verify());
                books.Rollups[i] = was;
            }
            for (var i = 0; i < books.ProjectRollups.Count; i++)
            {
                var was = books.ProjectRollups[i];
                books.ProjectRollups[i] = was with { Part = change(was.Part) };
                Found(books.Verify());
                books.ProjectRollups[i] = was;
            }
        }
        Assert.Empty(books.Verify());
    }

    private static void Found(List<AuditFault> faults)
    {
        var fault = Assert.Single(faults);
        Assert.Equal("I4", fault.Law);
        Assert.Contains("kept for reports", fault.Reason, StringComparison.Ordinal);
    }

    private static Rollup Raised(Rollup rollup) => Changed(rollup, 0, 1);
    private static Rollup Lowered(Rollup rollup) => Changed(rollup, 0, -1);
    private static Rollup Elsewhere(Rollup rollup) => Changed(rollup, Slots.PerDay, 0);

    private static Rollup Without(Rollup rollup)
    {
        var copy = new Rollup();
        foreach (var (cell, figures) in rollup.Cells.Skip(1)) copy.Add(cell, figures);
        return copy;
    }

    /// <summary>The first cell in another slot, or with its first figure changed.</summary>
    private static Rollup Changed(Rollup rollup, int slots, long change)
    {
        var copy = Without(rollup);
        var (cell, figures) = rollup.Cells.First();
        var figure = Enum.GetValues<Figure>().First(one => figures[one] != 0);
        figures[figure] += change;
        copy.Add(cell with { Slot = cell.Slot + slots }, figures);
        return copy;
    }
}
