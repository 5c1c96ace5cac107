using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tallystick.Testing;

/// <summary>
/// Runs programs, as an unprivileged user where this process is root: database servers refuse to run as root.
/// </summary>
internal static class Shell
{
    private static readonly string[] Unprivileged = FindUnprivileged();

    public static bool IsRoot => OperatingSystem.IsLinux() && Environment.UserName == "root";

    /// <summary>The command, run as nobody in particular.</summary>
    public static string[] Drop(params string[] command) => [.. Unprivileged, .. command];

    /// <summary>
    /// A folder that the unprivileged user may write to. Short: a socket's path has at most 107 bytes.
    /// </summary>
    /// <param name="under">Where; else under the system's temporary one.</param>
    public static string CreateFolder(string prefix, string? under = null)
    {
        var folder = under is null ? Directory.CreateTempSubdirectory(prefix).FullName
            : Directory.CreateDirectory(Path.Combine(under, prefix + Guid.NewGuid().ToString("N")[..8])).FullName;
        if (IsRoot) Run("chown", $"{Unprivileged[2]}:{Unprivileged[4]}", folder);
        return folder;
    }

    public static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <returns>What it wrote to its standard output.</returns>
    public static string Run(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/",
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Result
            : throw new InvalidOperationException(
                $"{string.Join(' ', command)} ended with {process.ExitCode}\n{output.Result}{errors}");
    }

    /// <summary>
    /// Starts what lives as long as this process, however that ends: its standard input is a pipe of ours, and at the
    /// end of that a shell runs the farewell.
    /// </summary>
    public static Process Watch(string farewell, params string[] command)
    {
        const string Script = "\"$@\" & p=$!; trap '' INT TERM; cat >/dev/null; ";
        var arguments = Drop("sh", "-c", Script + farewell, "sh");
        return Process.Start(new ProcessStartInfo(arguments[0], [.. arguments[1..], .. command])
        {
            RedirectStandardInput = true, WorkingDirectory = "/",
        })!;
    }

    private static string[] FindUnprivileged()
    {
        if (!IsRoot) return [];
        var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).ToDictionary(fields => fields[0]);
        var user = users.GetValueOrDefault("postgres") ?? users["nobody"];
        return ["setpriv", "--reuid", user[2], "--regid", user[3], "--clear-groups", "--"];
    }
}
