using System.Text.RegularExpressions;
using Xunit;

namespace Tallystick.House.Tests;

/// <summary>
/// docs/invariants.md and docs/testing.md name guards and tests that exist, and every number in a test's name is
/// explained there.
/// </summary>
public sealed partial class InvariantTests
{
    /// <summary>What the project must prove; a number may be added to this, and none taken away.</summary>
    private static readonly string[] Wanted =
    [
        .. Numbers("I", 1, 22), "I24", "I27", "I35", "K1", "X1", "X2", "R1", "R2", .. Numbers("R", 5, 8),
        .. Numbers("D", 1, 6), .. Numbers("N", 1, 10),
    ];

    private static readonly IReadOnlyDictionary<string, string[]> Laws = Table("docs/invariants.md");
    private static readonly IReadOnlyDictionary<string, string[]> Tries = Table("docs/testing.md");

    private static readonly HashSet<string> Tests =
    [
        .. from source in Repository.Sources
           where source.Path.StartsWith("tests/", StringComparison.Ordinal)
           from Match test in TestName().Matches(Repository.Read(source.Path))
           select test.Groups[1].Value,
    ];

    [Fact]
    public void Every_law_has_a_guard_that_exists() => Check.None(
        from law in Laws
        let guards = Quoted(law.Value[3]).ToList()
        where guards.Count == 0 || guards.Exists(guard => !Repository.Files.Contains(guard))
        select $"{law.Key} is guarded by {law.Value[3]}");

    [Fact]
    public void Every_law_and_try_has_tests_that_exist_and_say_so_in_their_names() => Check.None(
        from row in Laws.Concat(Tries)
        let tests = Quoted(row.Value[4]).ToList()
        from fault in tests.Count == 0 ? ["no test"]
            : tests.Where(test => !Tests.Contains(test) || !NumbersOf(test).Contains(row.Key))
        select $"{row.Key} is proven by {fault}");

    [Fact]
    public void Every_number_in_a_tests_name_is_explained() => Check.None(
        from test in Tests
        from number in NumbersOf(test)
        where !Laws.ContainsKey(number) && !Tries.ContainsKey(number)
        select $"{test}: what is {number}?");

    [Fact]
    public void Every_test_that_a_document_names_exists() => Check.None(
        from file in Repository.Documents
        from name in Quoted(Repository.Read(file))
        where SentenceName().IsMatch(name) && !Tests.Contains(name)
        select $"{file} names {name}");

    [Fact]
    public void Nothing_that_must_be_proven_is_left_out() => Check.None(
        Wanted.Where(number => !Laws.ContainsKey(number) && !Tries.ContainsKey(number)));

    private static Dictionary<string, string[]> Table(string file) =>
        Repository.Read(file).Split('\n').Where(line => Row().IsMatch(line))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToDictionary(cells => cells[1]);

    private static IEnumerable<string> Quoted(string cell) =>
        Code().Matches(cell).Select(code => code.Groups[1].Value);

    /// <summary>What a test's name ends with: <c>_D1_I6</c>, or a range as <c>_I1_to_I5</c>.</summary>
    private static IEnumerable<string> NumbersOf(string test)
    {
        foreach (Match part in Ending().Matches(test))
        {
            var (letter, first) = (part.Groups[1].Value, int.Parse(part.Groups[2].ValueSpan));
            var last = part.Groups[3].Success ? int.Parse(part.Groups[3].ValueSpan) : first;
            foreach (var number in Numbers(letter, first, last)) yield return number;
        }
    }

    private static IEnumerable<string> Numbers(string letter, int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(number => $"{letter}{number}");

    [GeneratedRegex(@"^\| [A-Z]\d+ \|")]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\s([A-Z][A-Za-z0-9]*_\w+)\(")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^[A-Z][a-z]*(?:_[A-Za-z0-9]+){2,}$")]
    private static partial Regex SentenceName();

    [GeneratedRegex(@"_([A-Z])(\d+)(?:_to_\1(\d+))?(?=_|$)")]
    private static partial Regex Ending();
}
