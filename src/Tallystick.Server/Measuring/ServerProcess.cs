using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Tallystick.Server.Measuring;

/// <summary>This program once more, as a server in a process of its own. Ends by being killed.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(120);
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    public required Uri Address { get; init; }

    /// <summary>From the start of the process until it listened.</summary>
    public required TimeSpan StartTime { get; init; }
    public TimeSpan CpuTime => _process.TotalProcessorTime;
    public int Id => _process.Id;

    /// <summary>What it holds of the machine's memory, in bytes.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <param name="arguments">Of a command that says where it listens.</param>
    /// <param name="environment">All that it has of ours.</param>
    /// <exception cref="ServerStartException">It ended instead.</exception>
    public static async Task<ServerProcess> StartAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, CancellationToken cancel)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "tally.exe" : "tally");
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        // What the environment says of other servers (a store, notes of calls, a collector) is not meant here.
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var started = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(StartTimeMax);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                if (Listening().Match(line) is not { Success: true } match) continue;
                Drain(process.StandardOutput);
                Drain(process.StandardError);
                var took = Stopwatch.GetElapsedTime(started);
                return new(process) { Address = new(match.Groups[1].Value), StartTime = took };
            }
            throw new ServerStartException(await process.StandardError.ReadToEndAsync(cancel));
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>SIGKILL: whatever it was doing.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static bool IsOurs(string variable) => variable.StartsWith("TALLY_", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase);

    /// <summary>A pipe that nobody reads would stop the server.</summary>
    private static void Drain(StreamReader reader) => _ = reader.BaseStream.CopyToAsync(Stream.Null);

    [GeneratedRegex(@"listens on (http://\S+?)/?(?:,|\s|$)")]
    private static partial Regex Listening();
}
