using System.Text.RegularExpressions;
using Xunit;

namespace Tallystick.House.Tests;

/// <summary><c>./campaign</c> runs tests that exist, by filters that the test program understands.</summary>
public sealed partial class CampaignTests
{
    [Fact]
    public void Every_campaign_finds_its_tests_and_says_how_long() => Check.None(
        from match in Row().Matches(Repository.Read("campaign"))
        let cells = match.Groups
        let fault = Fault(cells[2].Value, cells[3].Value, cells[4].Value)
        where fault is not null
        select $"{cells[1].Value}: {fault}");

    [Fact]
    public void There_are_campaigns_and_reliability_says_what_each_does()
    {
        var names = Row().Matches(Repository.Read("campaign")).Select(row => row.Groups[1].Value).ToList();
        Assert.True(names.Count >= 20, $"only {names.Count}");
        Check.None(names.Where(
            name => !Repository.Read("docs/reliability.md").Contains($"`{name}`", StringComparison.Ordinal)));
    }

    private static string? Fault(string project, string filter, string variable)
    {
        // A star stands at either end or not at all.
        var wanted = filter.Trim('*');
        if (wanted.Contains('*')) return $"{filter} has a star inside";
        var parts = wanted.Split('.');
        var (className, method) = (parts.Length > 1 ? parts[^2] : "", parts[^1]);
        var folder = $"tests/Tallystick.{project}.Tests/";
        var sources = Repository.Sources.Where(source => source.Path.StartsWith(folder, StringComparison.Ordinal))
            .Select(source => Repository.Read(source.Path)).ToList();
        if (!sources.Any(source => source.Contains($"class {className}", StringComparison.Ordinal)
            && Regex.IsMatch(source, $@"(?:Task|void) {Regex.Escape(method)}\w*\(")))
            return $"{project}.Tests has no {wanted}";
        return variable == "-" || sources.Any(source => source.Contains($"\"{variable}\"", StringComparison.Ordinal))
            ? null
            : $"nothing reads {variable}";
    }

    [GeneratedRegex(@"^([a-z][a-z-]+) +(\w+) +(\*\S+) +(TALLY_\w+|-) ", RegexOptions.Multiline)]
    private static partial Regex Row();
}
