using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tallystick.House.Tests;

/// <summary>What a source file may not do. Each rule yields its violations, place first.</summary>
internal static partial class SourceRules
{
    private const int ColumnsMax = 120;
    private const int LinesMax = 500;
    private const int FunctionLinesMax = 70;

    public static IEnumerable<string> LongLines(SourceFile file) =>
        from line in file.Lines.Index()
        where line.Item.Length > ColumnsMax
        select $"{file.Path}:{line.Index + 1} has {line.Item.Length} columns";

    public static IEnumerable<string> LongFiles(SourceFile file) =>
        file.Lines.Length - 1 > LinesMax ? [$"{file.Path} has {file.Lines.Length - 1} lines"] : [];

    public static IEnumerable<string> LongFunctions(SourceFile file) =>
        from node in file.Syntax.DescendantNodes()
        where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
        let span = node.GetLocation().GetLineSpan()
        let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
        where lines > FunctionLinesMax
        select $"{file.At(node)} is a function of {lines} lines";

    /// <summary>One public type a file, named after it; a part of one may say which: <c>Type.Part.cs</c>.</summary>
    public static IEnumerable<string> MisplacedTypes(SourceFile file)
    {
        var name = Path.GetFileName(file.Path).Split('.')[0];
        var types = file.Types.ToList();
        var seen = types.Where(type => type.Modifiers.Any(SyntaxKind.PublicKeyword)).Select(NameOf).Distinct().ToList();
        if (seen.Count > 1) yield return $"{file.Path} has the public types {string.Join(", ", seen)}";
        var named = seen.Count == 1 ? seen : types.ConvertAll(NameOf);
        if (named.Count > 0 && !named.Contains(name)) yield return $"{file.Path} is not named after {named[0]}";
    }

    public static IEnumerable<string> BlockNamespaces(SourceFile file) =>
        file.Syntax.DescendantNodes(node => node is CompilationUnitSyntax).OfType<NamespaceDeclarationSyntax>()
            .Select(node => $"{file.At(node)} is a namespace with braces");

    /// <summary>Work that was put off, in any of its spellings.</summary>
    public static IEnumerable<string> Unfinished(SourceFile file)
    {
        foreach (var comment in file.Syntax.DescendantTrivia(descendIntoTrivia: false))
            if (comment.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia) || IsComment(comment))
                if (PutOff().Match(comment.ToFullString()) is { Success: true } word)
                    yield return $"{file.At(comment)} says {word.Value}";
        foreach (var name in file.Syntax.DescendantNodes().OfType<IdentifierNameSyntax>())
            if (name.Identifier.Text == "NotImplementedException") yield return $"{file.At(name)} is not written";
        foreach (var argument in file.Syntax.DescendantNodes().OfType<AttributeArgumentSyntax>())
            if (argument.NameEquals?.Name.Identifier.Text == "Skip") yield return $"{file.At(argument)} skips a test";
    }

    public static IEnumerable<string> Regions(SourceFile file) =>
        file.Syntax.DescendantTrivia().Where(trivia => trivia.IsKind(SyntaxKind.RegionDirectiveTrivia))
            .Select(trivia => $"{file.At(trivia)} begins a region");

    /// <summary>Code in a comment: a brace, or what reads as a statement and ends as one.</summary>
    public static IEnumerable<string> DeadCode(SourceFile file) =>
        from comment in file.Comments
        let text = comment.ToString().Trim('/', '*', ' ')
        where text is "{" or "}" || (text.EndsWith(';') && IsStatement(text))
        select $"{file.At(comment)} is code in a comment";

    public static IEnumerable<string> Banners(SourceFile file) =>
        from comment in file.Comments
        where Banner().IsMatch(comment.ToString())
        select $"{file.At(comment)} is a banner";

    public static IEnumerable<string> EmDashes(SourceFile file) =>
        from comment in file.Syntax.DescendantTrivia()
        where comment.ToFullString().Contains('\u2014', StringComparison.Ordinal)
        select $"{file.At(comment)} pads with a dash";

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia;

    private static bool IsStatement(string text) =>
        text.AsSpan().ContainsAny('=', '(', '.') && !SyntaxFactory.ParseStatement(text).ContainsDiagnostics;

    private static string NameOf(MemberDeclarationSyntax type) => type switch
    {
        BaseTypeDeclarationSyntax one => one.Identifier.Text,
        DelegateDeclarationSyntax one => one.Identifier.Text,
        _ => "",
    };

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|for now|temporary hack)\b", RegexOptions.IgnoreCase)]
    private static partial Regex PutOff();

    [GeneratedRegex(@"([-=*#/~_])\1{7,}")]
    private static partial Regex Banner();
}
