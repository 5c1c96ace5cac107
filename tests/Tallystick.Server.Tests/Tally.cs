using System.Diagnostics;

namespace Tallystick.Server.Tests;

/// <summary>What a command came to.</summary>
internal sealed record CommandResult(int Code, string Output, string Errors);

/// <summary>The real <c>tally</c>, and other programs, as processes of their own.</summary>
internal static class Tally
{
    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, "tally");

    public static Task<CommandResult> RunAsync(params IEnumerable<string> arguments) =>
        StartAsync(Program, arguments, []);

    /// <param name="environment">All that it has of ours.</param>
    public static Task<CommandResult> RunAsync(
        (string Name, string Value)[] environment, params IEnumerable<string> arguments) =>
        StartAsync(Program, arguments, environment);

    /// <summary>Our own check of an export, by the Python that must be there.</summary>
    public static Task<CommandResult> PythonAsync(string export) =>
        StartAsync("python3", [Path.Combine(Root, "tools", "verify.py"), export], []);

    /// <summary>Of ours it shall have what a test says, and nothing that is said here of other stores.</summary>
    public static void Forget(IDictionary<string, string?> environment)
    {
        var ours = environment.Keys.Where(name => name.StartsWith("TALLY_", StringComparison.Ordinal)).ToList();
        ours.ForEach(name => environment.Remove(name));
    }

    private static string Root
    {
        get
        {
            for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
                if (File.Exists(Path.Combine(folder, "Tallystick.slnx"))) return folder;
            throw new DirectoryNotFoundException("no Tallystick.slnx above the tests");
        }
    }

    private static async Task<CommandResult> StartAsync(
        string program, IEnumerable<string> arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        Forget(start.Environment);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await errors);
    }
}
