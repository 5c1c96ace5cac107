using Xunit;

namespace Tallystick.House.Tests;

/// <summary>The house rules of every source file, and for each a file that breaks it.</summary>
public sealed class SourceTests
{
    private static readonly Dictionary<string, Rule> Rules = new()
    {
        ["No line is over 120 columns"] = new(SourceRules.LongLines, new string('x', 121)),
        ["No file is over 500 lines"] = new(SourceRules.LongFiles, new string('\n', 501)),
        ["No function is over 70 lines"] =
            new(SourceRules.LongFunctions, $"class Broken {{ void A() {{ {Lines(70)} }} }}"),
        ["One public type a file, named after it"] =
            new(SourceRules.MisplacedTypes, "public class Broken; public delegate void Other();"),
        ["Namespaces have no braces"] = new(SourceRules.BlockNamespaces, "namespace A { class Broken; }"),
        ["Nothing is put off"] = new(SourceRules.Unfinished, "/// <summary>Enough for now.</summary>\nclass Broken;"),
        ["No test is skipped"] = new(SourceRules.Unfinished, "class Broken { [Fact(Skip = \"slow\")] void A() { } }"),
        ["No regions"] = new(SourceRules.Regions, "#region A\nclass Broken;\n#endregion"),
        ["No code in comments"] = new(SourceRules.DeadCode, "// var left = right;\nclass Broken;"),
        ["No banners"] = new(SourceRules.Banners, "// ----------\nclass Broken;"),
        ["No padding with dashes"] = new(SourceRules.EmDashes, "// A store \u2014 durable\nclass Broken;"),
    };

    public static TheoryData<string> RuleNames => [.. Rules.Keys];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Every_source_keeps_the_rule(string rule) =>
        Check.None(Repository.Sources.SelectMany(Rules[rule].Find));

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void A_source_that_breaks_the_rule_is_found(string rule) =>
        Assert.NotEmpty(Rules[rule].Find(new("src/Broken.cs", Rules[rule].Breaks)));

    [Fact]
    public void There_are_sources_to_look_at() => Assert.True(Repository.Sources.Count > 100);

    private sealed record Rule(Func<SourceFile, IEnumerable<string>> Find, string Breaks);

    private static string Lines(int count) => new('\n', count);
}
