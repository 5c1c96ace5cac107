using System.Text.RegularExpressions;
using Xunit;

namespace Tallystick.House.Tests;

/// <summary>docs/invariants.md names guards and tests that exist.</summary>
public sealed partial class InvariantTests
{
    private static readonly string[] Rows =
        [.. Repository.Read("docs/invariants.md").Split('\n').Where(line => Row().IsMatch(line))];

    private static readonly HashSet<string> Tests =
    [
        .. from source in Repository.Files
           where source.StartsWith("tests/", StringComparison.Ordinal)
           where source.EndsWith(".cs", StringComparison.Ordinal)
           from Match test in TestName().Matches(Repository.Read(source))
           select test.Groups[1].Value,
    ];

    [Fact]
    public void Every_law_has_a_guard_and_a_test_that_exist()
    {
        Assert.True(Rows.Length > 20, "the table is gone");
        foreach (var row in Rows)
        {
            var cells = row.Split('|', StringSplitOptions.TrimEntries);
            var (guards, tests) = (Code().Matches(cells[3]), Code().Matches(cells[4]));
            Assert.True(guards.Count > 0 && tests.Count > 0, $"{cells[1]} has no guard or no test");
            Assert.All(guards, guard => Assert.Contains(guard.Groups[1].Value, Repository.Files));
            Assert.All(tests, test => Assert.Contains(test.Groups[1].Value, Tests));
        }
    }

    [GeneratedRegex(@"^\| I\d+ \|")]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\s([A-Z][A-Za-z0-9]*_\w+)\(")]
    private static partial Regex TestName();
}
