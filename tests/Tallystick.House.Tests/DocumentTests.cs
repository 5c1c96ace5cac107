using System.Reflection;
using System.Text.RegularExpressions;
using Tallystick.Contracts;
using Xunit;

namespace Tallystick.House.Tests;

/// <summary>What the documents say of the code is so.</summary>
public sealed partial class DocumentTests
{
    private static readonly HashSet<string> Codes =
        [.. typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(code => (string)code.GetValue(null)!)];

    [Fact]
    public void Every_link_leads_somewhere() => Check.None(Repository.Documents.SelectMany(
        file => DeadLinks(file, Repository.Read(file))));

    [Fact]
    public void A_dead_link_is_found() => Assert.NotEmpty(DeadLinks("docs/a.md", "see [this](nowhere.md#part)"));

    [Fact]
    public void Every_source_file_that_a_document_names_is_there() => Check.None(
        from file in Repository.Documents
        from Match name in FileName().Matches(Repository.Read(file))
        where !Repository.Files.Any(one => one == name.Groups[1].Value
            || one.EndsWith("/" + name.Groups[1].Value, StringComparison.Ordinal)
            || one.EndsWith("/Tallystick." + name.Groups[1].Value, StringComparison.Ordinal))
        select $"{file} names {name.Groups[1].Value}");

    [Fact]
    public void Every_document_has_one_title() => Check.None(
        from file in Repository.Documents
        let titles = OutsideCode(Repository.Read(file)).Count(line => line.StartsWith("# ", StringComparison.Ordinal))
        where titles != 1
        select $"{file} has {titles} titles");

    [Fact]
    public void Every_error_code_is_documented_and_the_reverse()
    {
        var documented = FirstCells("docs/errors.md").ToList();
        Assert.Equal(documented.Count, documented.Distinct().Count());
        Check.None(Codes.Except(documented).Select(code => $"docs/errors.md lacks {code}")
            .Concat(documented.Except(Codes).Select(code => $"ErrorCodes lacks {code}")));
    }

    [Fact]
    public void Every_refusal_of_the_core_has_a_published_code() => Check.None(
        from Match code in RejectionCode().Matches(Repository.Read("src/Tallystick.Core/Rejection.cs"))
        where !Codes.Contains(code.Groups[1].Value)
        select $"{code.Groups[1].Value} is no published code");

    private static IEnumerable<string> DeadLinks(string file, string text) =>
        from line in OutsideCode(text)
        from Match link in Link().Matches(line)
        let target = link.Groups[1].Value
        where !target.Contains(':', StringComparison.Ordinal) && target.Length > 0
        let path = Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, target)
        where !File.Exists(path) && !Directory.Exists(path)
        select $"{file} links to {target}";

    private static IEnumerable<string> OutsideCode(string text)
    {
        var isCode = false;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) isCode = !isCode;
            else if (!isCode) yield return line;
        }
    }

    /// <summary>The rows of the document's tables, without heads and rulers.</summary>
    private static IEnumerable<string> Rows(string file)
    {
        var lines = Repository.Read(file).Split('\n');
        for (var i = 2; i < lines.Length; i++)
            if (lines[i].StartsWith('|') && lines[i - 1].StartsWith('|')
                && !Ruler().IsMatch(lines[i])) yield return lines[i];
    }

    private static IEnumerable<string> FirstCells(string file) =>
        from row in Rows(file)
        from Match code in Quoted().Matches(row.Split('|')[1])
        select code.Groups[1].Value;

    [GeneratedRegex(@"\]\(([^)#\s]*)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:[\w.-]+/)+[\w.-]+\.(?:cs|md|py|sql|csproj))`")]
    private static partial Regex FileName();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^\|[-| :]+\|?$")]
    private static partial Regex Ruler();

    [GeneratedRegex("""Rejection\("([a-z_]+)"\)""")]
    private static partial Regex RejectionCode();
}
