namespace Tallystick.House.Tests.Mutants;

/// <summary>A bug that somebody could write, and the test that must fail with it (tests/mutants.txt).</summary>
/// <param name="Changes">What stands in the file once, and what takes its place.</param>
/// <param name="Project">Of the test, without <c>Tallystick.</c>.</param>
/// <param name="Test">Its name, after its class and a full stop where that says which of several.</param>
internal sealed record Mutant(
    string Name, string What, string File, IReadOnlyList<(string From, string To)> Changes, string Project, string Test)
{
    public const string List = "tests/mutants.txt";

    /// <summary>The name of the method alone.</summary>
    public string TestName => Test[(Test.LastIndexOf('.') + 1)..];

    /// <summary>The folder of the project that it is in, and the assembly that this makes.</summary>
    public string Source => string.Join('/', File.Split('/')[..2]);
    // The server's is the program that people call.
    public string Assembly => File.Split('/')[1] is "Tallystick.Server" ? "tally.dll" : File.Split('/')[1] + ".dll";

    public static IReadOnlyList<Mutant> Read(string text)
    {
        var lines = text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToList();
        var starts = lines.Index().Where(line => line.Item[0] == '[').Select(line => line.Index).Append(lines.Count);
        return [.. starts.Zip(starts.Skip(1), (from, to) => Parse(lines[from..to]))];
    }

    /// <summary>The file with the bug in it.</summary>
    /// <exception cref="FormatException">The text that it replaces is not there, or more than once.</exception>
    public string Apply(string source)
    {
        foreach (var (from, to) in Changes)
        {
            var count = source.Split(from).Length - 1;
            if (count != 1) throw new FormatException($"{Name}: {File} has {count} times: {from}");
            source = source.Replace(from, to, StringComparison.Ordinal);
        }
        return source;
    }

    private static Mutant Parse(List<string> lines)
    {
        var (close, test) = (lines[0].IndexOf(']', StringComparison.Ordinal), lines[^1].Split(' '));
        var changes = new List<(string From, string To)>();
        for (var i = 2; i < lines.Count - 1;)
        {
            var from = Take(lines, ref i, '-');
            changes.Add((from, Take(lines, ref i, '+')));
        }
        return new(lines[0][1..close], lines[0][(close + 1)..].Trim(), lines[1], changes, test[0], test[1]);
    }

    private static string Take(List<string> lines, ref int at, char mark)
    {
        var first = at;
        while (at < lines.Count - 1 && lines[at][0] == mark) at++;
        if (first == at) throw new FormatException($"{lines[0]}: a {mark} is expected before {lines[at]}");
        return string.Join('\n', lines[first..at].Select(line => line[2..]));
    }
}
