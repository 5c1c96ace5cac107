using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tallystick.House.Tests;

/// <summary>A C# file, parsed when first asked for its syntax.</summary>
internal sealed class SourceFile(string path, string text)
{
    private readonly Lazy<CompilationUnitSyntax> _syntax = new(
        () => CSharpSyntaxTree.ParseText(text, new(LanguageVersion.Preview)).GetCompilationUnitRoot());

    /// <summary>From the root of the repository.</summary>
    public string Path { get; } = path;
    public string[] Lines { get; } = text.Split('\n');
    public CompilationUnitSyntax Syntax => _syntax.Value;

    public static SourceFile Load(string path) => new(path, Repository.Read(path));

    public string At(SyntaxNodeOrToken node) => $"{Path}:{LineOf(node.GetLocation()!)}";
    public string At(SyntaxTrivia trivia) => $"{Path}:{LineOf(trivia.GetLocation())}";

    public IEnumerable<SyntaxTrivia> Comments => Syntax.DescendantTrivia().Where(trivia =>
        trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia);

    public IEnumerable<MemberDeclarationSyntax> Types =>
        Syntax.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    private static int LineOf(Location location) => location.GetLineSpan().StartLinePosition.Line + 1;
}
