using System.Text.RegularExpressions;
using Xunit;

namespace Tallystick.House.Tests;

/// <summary>Nothing here depends on, or tells of, the machine that it was written on.</summary>
public sealed partial class WorkplaceTests
{
    private const int BytesMax = 256 << 10;
    private static readonly string[] LargeByNature = [".gz", ".json", ".woff2"];

    [Fact]
    public void No_lock_file_names_a_host() => Check.None(
        from file in Repository.Files
        where file.EndsWith("packages.lock.json", StringComparison.Ordinal)
            || file.EndsWith("package-lock.json", StringComparison.Ordinal)
        from Match host in Addresses(Repository.Read(file))
        select $"{file} names {host.Value}");

    [Fact]
    public void No_file_names_a_path_of_a_machine() => Check.None(
        from file in Repository.Files
        where !LargeByNature.Contains(Path.GetExtension(file))
        from line in Repository.Read(file).Split('\n').Index()
        where IsOfAMachine(line.Item)
        select $"{file}:{line.Index + 1} names a path of a machine: {line.Item.Trim()}");

    [Fact]
    public void No_file_is_large_unless_it_is_data() => Check.None(
        from file in Repository.Files
        where !LargeByNature.Contains(Path.GetExtension(file))
        let length = new FileInfo(Path.Combine(Repository.Root, file)).Length
        where length > BytesMax
        select $"{file} has {length} bytes");

    [Fact]
    public void Hosts_and_paths_are_recognised()
    {
        Assert.NotEmpty(Addresses("\"resolved\": \"https://registry.example/left-pad-1.3.0.tgz\""));
        Assert.True(IsOfAMachine("cd " + string.Concat("/ho", "me/someone/repo")));
        Assert.True(IsOfAMachine(Path.Combine(Repository.Root, "src")));
        Assert.False(IsOfAMachine("https://example.org/home/page, ./data"));
    }

    /// <summary>A lock file may say where a package's funding page is, not where the package comes from.</summary>
    private static IEnumerable<Match> Addresses(string text) => Resolved().Matches(text);

    private static bool IsOfAMachine(string line) =>
        HomeFolder().IsMatch(line) || line.Contains(Repository.Root + "/", StringComparison.Ordinal);

    [GeneratedRegex("""(?<="(resolved|registry|source)": ")[^"]*//[^"]*""", RegexOptions.IgnoreCase)]
    private static partial Regex Resolved();

    [GeneratedRegex(@"(?<![\w./:])/(home|root|Users)/\w")]
    private static partial Regex HomeFolder();
}
