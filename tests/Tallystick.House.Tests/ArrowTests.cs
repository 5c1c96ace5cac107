using System.Xml.Linq;
using Xunit;

namespace Tallystick.House.Tests;

/// <summary>
/// Who may refer to whom. A new arrow is a decision: it changes this table and takes a decision record.
/// </summary>
public sealed class ArrowTests
{
    private const string Prefix = "Tallystick.";

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Core"] = [],
        ["Contracts"] = [],
        ["Engine"] = ["Core"],
        ["Store.Sqlite"] = ["Engine", "Core"],
        ["Store.Postgres"] = ["Engine", "Core"],
        ["Api"] = ["Engine", "Core", "Contracts"],
        ["Gateway"] = ["Engine", "Core", "Contracts"],
        ["Client"] = ["Contracts"],
        ["Dashboard"] = ["Client", "Contracts"],
    };

    public static TheoryData<string> Projects => [.. Repository.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_what_the_table_allows(string project) => Check.None(Violations(
        NameOf(project),
        from reference in XDocument.Parse(Repository.Read(project)).Descendants("ProjectReference")
        select NameOf((string)reference.Attribute("Include")!)));

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_compiled_assembly_refers_only_to_what_the_table_allows(string project)
    {
        using var compiled = new CompiledAssembly(project);
        Check.None(Violations(
            NameOf(project),
            from reference in compiled.References
            where reference.StartsWith(Prefix, StringComparison.Ordinal) || reference == "tally"
            select reference == "tally" ? "Server" : reference[Prefix.Length..]));
    }

    [Theory]
    [InlineData("Core", "Engine")]
    [InlineData("Api", "Store.Sqlite")]
    [InlineData("Store.Sqlite", "Store.Postgres")]
    [InlineData("Client", "Core")]
    [InlineData("Gateway", "Api")]
    [InlineData("Api", "Server")]
    [InlineData("Unheard", "Core")]
    public void A_forbidden_arrow_is_found(string project, string target) =>
        Assert.NotEmpty(Violations(project, [target]));

    private static IEnumerable<string> Violations(string project, IEnumerable<string> targets) =>
        from target in targets
        where project == "Server" ? target == "Server" : !Allowed.GetValueOrDefault(project, []).Contains(target)
        select $"{project} -> {target}";

    private static string NameOf(string project) => Path.GetFileNameWithoutExtension(project)[Prefix.Length..];
}
