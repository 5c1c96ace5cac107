using System.Diagnostics;

namespace Tallystick.Testing;

/// <summary>The npm project of official SDKs beside the gateway's tests: exactly those of its lock file.</summary>
public static class NpmProject
{
    private const int NodeMin = 20;
    private static readonly string Folder = RepositoryFile.PathOf("tests/Tallystick.Gateway.Tests/sdk");
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    /// <summary>Runs a program of the project; what it printed, and the code that it ended with.</summary>
    public static async Task<(int Code, string Output)> RunAsync(
        Dictionary<string, string> environment, params string[] command)
    {
        await Installed.Value;
        return await StartAsync(environment, command);
    }

    private static async Task InstallAsync()
    {
        if (!IsThere("node")) Packages.Require("/usr/bin/node", "nodejs");
        if (!IsThere("npm")) Packages.Require("/usr/bin/npm", "npm");
        var (_, version) = await StartAsync([], "node", "--version");
        if (!(int.TryParse(version.Trim().TrimStart('v').Split('.')[0], out var major) && major >= NodeMin))
            throw new InvalidOperationException($"The official SDKs need Node.js {NodeMin} or later, not {version}");
        if (IsInstalled) return;
        var (code, output) = await StartAsync([], "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        if (code != 0) throw new InvalidOperationException($"npm ci ended with {code}\n{output}");
    }

    /// <summary>npm leaves a lock file of its own when it is through.</summary>
    private static bool IsInstalled =>
        new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json")) is { Exists: true } left
        && left.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json"));

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    private static async Task<(int Code, string Output)> StartAsync(
        Dictionary<string, string> environment, params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["NODE_NO_WARNINGS"] = "1" },
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }
}
