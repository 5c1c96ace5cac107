using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Tallystick.Server.Tests.Crashes;

/// <summary>A real <c>tally serve</c> over a folder, on a free port; killed at the end.</summary>
internal sealed partial class TallyServer : IAsyncDisposable
{
    public const string AdminKey = "an-admin-key-for-tests-0123456789abcdef";
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(30), EndTimeMax = TimeSpan.FromSeconds(40);
    private readonly Process _process;

    private TallyServer(Process process, string address)
    {
        _process = process;
        Http = new() { BaseAddress = new(address) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    public HttpClient Http { get; }

    public int Id => _process.Id;

    /// <summary>From the start of the process to the line that says where it listens.</summary>
    public TimeSpan StartTime { get; private init; }

    public static Task<TallyServer> StartAsync(string folder, params IEnumerable<string> more) =>
        StartAsync(folder, new Dictionary<string, string>(), more);

    /// <param name="environment">Beside the admin key and the folder, which a database here takes the place of.</param>
    /// <exception cref="InvalidOperationException">It ended instead; the message is what it said.</exception>
    public static async Task<TallyServer> StartAsync(
        string folder, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> more)
    {
        var began = Stopwatch.GetTimestamp();
        // A shell without jobs lets its background ignore Ctrl+C, and whatever that starts: here it is to be heard.
        var start = new ProcessStartInfo(
            "env", ["--default-signal=INT", Tally.Program, "serve", "--urls", "http://127.0.0.1:0", .. more])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        Tally.Forget(start.Environment);
        (start.Environment["TALLY_ADMIN_KEY"], start.Environment["TALLY_DATA"]) = (AdminKey, folder);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(StartTimeMax);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (Address().Match(line) is not { Success: true } address) continue;
            // Nobody may block because nobody reads.
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
            return new(process, address.Value) { StartTime = Stopwatch.GetElapsedTime(began) };
        }
        await process.WaitForExitAsync(patience.Token);
        throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(patience.Token));
    }

    /// <summary>SIGKILL: nothing is flushed, nobody is told.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, as a service manager (TERM) or a terminal (INT) would.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until it has ended by itself; its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(EndTimeMax);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
