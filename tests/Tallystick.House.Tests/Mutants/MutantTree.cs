using System.Diagnostics;

namespace Tallystick.House.Tests.Mutants;

/// <summary>
/// A copy of this repository in which mutants are built, one after the other, beside copies of the tests as they are
/// built in the repository itself.
/// </summary>
internal sealed class MutantTree
{
    private const string Sound = ".sound";

    /// <summary>The project that needs all others.</summary>
    private const string Sources = "src/Tallystick.Server";

    /// <summary>What a test program ends with that has tried nothing.</summary>
    private const int NoSuchOption = 5, NoTests = 8, Killed = 137;

    private static readonly string Output = Path.Combine("bin", "Release", "net10.0");
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // A bug may leave a name unused or code unreached: that shall not hide whether a test finds it.
    private static readonly string[] Lenient =
        ["-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false"];

    private readonly string _root = Path.Combine(Repository.Root, "artifacts", "mutants");

    /// <summary>That what a mutant's assembly needs is there, as the repository has it now.</summary>
    private string Built => Path.Combine(_root, "built");

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
        var written = files.Where(
            file => Write(file, File.ReadAllBytes(Path.Combine(Repository.Root, file)))).ToList();
        if (written.Count == 0 && File.Exists(Built)) return;
        File.Delete(Built);
        Require(Run("dotnet", ["restore", Sources, "--locked-mode", "-v", "q"]));
        if (BuildAt(Sources) is { } error) throw new InvalidOperationException(error);
        File.WriteAllText(Built, "");
    }

    /// <summary>Takes the tests of a project as they are built, without any mutant.</summary>
    public void Take(string project)
    {
        var built = Path.Combine("tests", $"Tallystick.{project}", Output);
        var (from, to) = (Path.Combine(Repository.Root, built), Path.Combine(_root, built));
        if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        Require(Run("cp", ["-a", from, to]));
    }

    /// <summary>
    /// Builds the one assembly that the bug is in and puts it among the test's: no bug changes what others see of it.
    /// </summary>
    /// <returns>Null when it builds, else why not.</returns>
    public string? Plant(Mutant mutant)
    {
        Write(mutant.File, System.Text.Encoding.UTF8.GetBytes(mutant.Apply(Repository.Read(mutant.File))));
        // Whatever the times of files say, it is compiled, or there is nothing to put among the tests.
        foreach (var folder in (string[])["bin", "obj"])
            File.Delete(Path.Combine(_root, mutant.Source, folder, "Release", "net10.0", mutant.Assembly));
        if (BuildAt(mutant.Source, "--no-dependencies") is { } error) return error;
        File.Copy(Beside(mutant), Beside(mutant) + Sound, overwrite: true);
        File.Copy(Path.Combine(_root, mutant.Source, Output, mutant.Assembly), Beside(mutant), overwrite: true);
        return null;
    }

    public void Uproot(Mutant mutant)
    {
        Write(mutant.File, File.ReadAllBytes(Path.Combine(Repository.Root, mutant.File)));
        if (File.Exists(Beside(mutant) + Sound)) File.Move(Beside(mutant) + Sound, Beside(mutant), overwrite: true);
    }

    /// <summary>Whether a project's tests of these names pass; there must be some.</summary>
    public (bool Pass, string Output) Test(string project, IEnumerable<string> tests) =>
        Test(project, tests, Patience);

    /// <summary>Whether the mutant's test passes. One that hangs does not.</summary>
    public bool Survives(Mutant mutant, TimeSpan patience) => Test(mutant.Project, [mutant.Test], patience).Pass;

    private (bool Pass, string Output) Test(string project, IEnumerable<string> tests, TimeSpan patience)
    {
        var filter = tests.SelectMany(test => new[] { "--filter-method", $"*{(test.Contains('.') ? "" : ".")}{test}" });
        var (code, output) = Run(
            Path.Combine(_root, "tests", $"Tallystick.{project}", Output, $"Tallystick.{project}"),
            ["--no-progress", "--no-ansi", "--explicit", "on", .. filter], patience);
        return code is NoSuchOption or NoTests ? throw new InvalidOperationException(output) : (code == 0, output);
    }

    private string? BuildAt(string folder, params string[] more)
    {
        var (code, output) = Run(
            "dotnet",
            ["build", folder, "-c", "Release", "-v", "q", "--no-restore", "-nodeReuse:false", .. Lenient, .. more]);
        return code == 0 ? null : output;
    }

    private string Beside(Mutant mutant) =>
        Path.Combine(_root, "tests", $"Tallystick.{mutant.Project}", Output, mutant.Assembly);

    /// <summary>Whether it was another before.</summary>
    private bool Write(string file, byte[] content)
    {
        var path = Path.Combine(_root, file);
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content)) return false;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return true;
    }

    private (int Code, string Output) Run(string program, IEnumerable<string> arguments, TimeSpan? patience = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _root, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (process.WaitForExit(patience ?? Patience)) return (process.ExitCode, output.Result + errors.Result);
        process.Kill(entireProcessTree: true);
        return (Killed, "it did not come to an end");
    }

    private static void Require((int Code, string Output) result)
    {
        if (result.Code != 0) throw new InvalidOperationException(result.Output);
    }
}
