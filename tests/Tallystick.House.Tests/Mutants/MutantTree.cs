using System.Diagnostics;

namespace Tallystick.House.Tests.Mutants;

/// <summary>
/// A copy of this repository in which mutants are built, one after the other: what they do not touch stays built.
/// </summary>
internal sealed class MutantTree
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // A bug may leave a name unused or code unreached: that shall not hide whether a test finds it.
    private static readonly string[] Lenient =
        ["-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false"];

    private readonly string _root = Path.Combine(Repository.Root, "artifacts", "mutants");

    /// <summary>Makes the copy equal to the repository.</summary>
    public void Refresh()
    {
        var files = Repository.Files.ToHashSet(StringComparer.Ordinal);
        Directory.CreateDirectory(_root);
        foreach (var old in Directory.GetFiles(_root, "*.cs", SearchOption.AllDirectories))
        {
            var file = Path.GetRelativePath(_root, old).Replace('\\', '/');
            if (!file.Contains("/obj/", StringComparison.Ordinal) && !files.Contains(file)) File.Delete(old);
        }
        foreach (var file in files) Write(file, File.ReadAllBytes(Path.Combine(Repository.Root, file)));
        Require(Run("dotnet", ["restore", "Tallystick.slnx", "--locked-mode", "-v", "q"]));
    }

    public void Write(Mutant mutant) =>
        Write(mutant.File, System.Text.Encoding.UTF8.GetBytes(mutant.Apply(Repository.Read(mutant.File))));

    public void Restore(Mutant mutant) =>
        Write(mutant.File, File.ReadAllBytes(Path.Combine(Repository.Root, mutant.File)));

    /// <returns>Null when it builds, else why not.</returns>
    public string? Build(string project)
    {
        var (code, output) = Run(
            "dotnet",
            ["build", $"tests/Tallystick.{project}", "-c", "Release", "-v", "q", "--no-restore", "-nodeReuse:false",
                .. Lenient]);
        return code == 0 ? null : output;
    }

    /// <summary>Runs tests by name; true when there are any and all pass.</summary>
    public (bool Pass, string Output) Test(string project, IEnumerable<string> tests)
    {
        var program = Path.Combine(_root, "tests", $"Tallystick.{project}", "bin", "Release", "net10.0");
        var filter = tests.SelectMany(test => new[] { "--filter-method", $"*{(test.Contains('.') ? "" : ".")}{test}" });
        var (code, output) = Run(
            Path.Combine(program, $"Tallystick.{project}"), ["--no-progress", "--no-ansi", .. filter]);
        // 2: a test failed. Anything else but 0 says that nothing was tried.
        return code is 0 or 2 ? (code == 0, output) : throw new InvalidOperationException(output);
    }

    private void Write(string file, byte[] content)
    {
        var path = Path.Combine(_root, file);
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content)) return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    private (int Code, string Output) Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _root, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (process.WaitForExit(Patience)) return (process.ExitCode, output.Result + errors.Result);
        process.Kill(entireProcessTree: true);
        // A test that hangs has noticed.
        return (2, $"it did not end within {Patience}");
    }

    private static void Require((int Code, string Output) result)
    {
        if (result.Code != 0) throw new InvalidOperationException(result.Output);
    }
}
