using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Tallystick.House.Tests;

/// <summary>The core is arithmetic; money is integers; only the server speaks to a console.</summary>
public sealed class PurityTests
{
    private const string Core = "src/Tallystick.Core/Tallystick.Core.csproj";

    private static readonly string[] Impure =
    [
        "System.IO.", "System.Net.", "System.Threading.", "System.Console", "System.Random", "System.TimeProvider",
        "System.Activator", "System.Diagnostics.Process", "System.Diagnostics.Stopwatch",
        "System.Security.Cryptography.RandomNumberGenerator", "Microsoft.Extensions.",
    ];

    private static readonly string[] Clocks =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today",
        "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow", "System.Guid.NewGuid",
        "System.Guid.CreateVersion7",
    ];

    private static readonly string[] FloatingTypes =
        ["System.Double", "System.Single", "System.Half", "System.Decimal"];

    public static TheoryData<string> Quiet =>
        [.. Repository.Projects.Where(project => !project.Contains("Server", StringComparison.Ordinal))];

    [Fact]
    public void Core_uses_no_clock_no_io_no_randomness_and_no_tasks()
    {
        using var core = new CompiledAssembly(Core);
        Check.None(core.Types.Where(IsImpure).Concat(core.Members.Where(AsksOutside)));
    }

    [Fact]
    public void What_is_impure_is_recognised()
    {
        using var server = new CompiledAssembly("src/Tallystick.Server/Tallystick.Server.csproj");
        Assert.Contains("System.Console", server.Types);
        Assert.Contains(server.Types, IsImpure);
        Assert.Contains(server.Members, AsksOutside);
    }

    [Theory]
    [InlineData(Core)]
    [InlineData("src/Tallystick.Contracts/Tallystick.Contracts.csproj")]
    public void Core_and_contracts_take_no_packages(string project) =>
        Assert.Empty(XDocument.Parse(Repository.Read(project)).Descendants("PackageReference"));

    [Theory]
    [InlineData(Core)]
    [InlineData("src/Tallystick.Contracts/Tallystick.Contracts.csproj")]
    public void Core_and_contracts_know_no_floating_point_I27(string project)
    {
        using var compiled = new CompiledAssembly(project);
        var folder = Path.GetDirectoryName(project)! + "/";
        var written = Repository.Sources.Where(file => file.Path.StartsWith(folder, StringComparison.Ordinal));
        Check.None(compiled.Types.Where(FloatingTypes.Contains).Concat(written.SelectMany(Floating)));
    }

    [Theory]
    [InlineData("class A { double _b; }")]
    [InlineData("class A { object B() => 1.5; }")]
    [InlineData("class A { void B(decimal c) { } }")]
    public void Floating_point_is_found_where_it_is_written(string text) =>
        Assert.NotEmpty(Floating(new("src/Broken.cs", text)));

    [Theory]
    [MemberData(nameof(Quiet))]
    public void Only_the_server_speaks_to_the_console(string project)
    {
        using var compiled = new CompiledAssembly(project);
        Assert.DoesNotContain("System.Console", compiled.Types);
    }

    private static bool IsImpure(string type) =>
        Impure.Any(start => start.EndsWith('.') ? type.StartsWith(start, StringComparison.Ordinal) : type == start);

    /// <summary>A clock, or the environment; the compiler itself asks for the thread in iterators.</summary>
    private static bool AsksOutside(string member) =>
        Clocks.Contains(member)
        || (member.StartsWith("System.Environment.", StringComparison.Ordinal)
            && member != "System.Environment.get_CurrentManagedThreadId");

    private static IEnumerable<string> Floating(SourceFile file) =>
        from node in file.Syntax.DescendantNodes()
        where node is PredefinedTypeSyntax type
            && type.Keyword.Kind() is SyntaxKind.DoubleKeyword or SyntaxKind.FloatKeyword or SyntaxKind.DecimalKeyword
            || node is LiteralExpressionSyntax { Token.Value: double or float or decimal }
        select $"{file.At(node)} is floating point";
}
