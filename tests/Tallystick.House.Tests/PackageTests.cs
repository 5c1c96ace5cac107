using System.Text.RegularExpressions;
using Xunit;

namespace Tallystick.House.Tests;

/// <summary>Each package has its record in docs/decisions, and no record is of a package that is gone.</summary>
public sealed partial class PackageTests
{
    private const string Record = "docs/decisions/0002-packages.md";

    private static readonly List<string> Pinned =
    [
        .. from Match pin in Pin().Matches(Repository.Read("Directory.Packages.props"))
           select $"{pin.Groups[1].Value} {pin.Groups[2].Value}",
    ];

    private static readonly List<string> Recorded =
        [.. from Match section in Section().Matches(Repository.Read(Record)) select section.Groups[1].Value.Trim()];

    [Fact]
    public void Every_package_is_recorded_with_its_version_and_the_reverse()
    {
        Assert.NotEmpty(Pinned);
        Check.None(Pinned.Except(Recorded).Select(package => $"{Record} lacks {package}")
            .Concat(Recorded.Except(Pinned).Select(package => $"nothing pins {package}")));
    }

    [Fact]
    public void Every_version_is_exact() => Check.None(
        from line in Repository.Read("Directory.Packages.props").Split('\n')
        where line.Contains("<PackageVersion", StringComparison.Ordinal) && !Pin().IsMatch(line)
        select line.Trim());

    [Fact]
    public void Every_package_that_is_pinned_is_used()
    {
        var projects = string.Concat(
            Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)
                || file == "Directory.Build.props").Select(Repository.Read));
        Check.None(
            from package in Pinned
            where !projects.Contains($"Include=\"{package.Split(' ')[0]}\"", StringComparison.Ordinal)
            select $"nobody uses {package}");
    }

    [GeneratedRegex("""<PackageVersion Include="([^"]+)" Version="\[([^\],]+)\]" />""")]
    private static partial Regex Pin();

    [GeneratedRegex("^## (.+)$", RegexOptions.Multiline)]
    private static partial Regex Section();
}
