using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Tallystick.Server.Replay;

/// <summary>
/// A <c>tally serve</c> of the replay's own: a process that can be killed and started again on the same store. It is
/// ended with the replay, and its store is deleted unless the caller named the folder or asks to keep it.
/// </summary>
internal sealed partial class OwnServer : IAsyncDisposable
{
    private const string UrlAnyPort = "http://127.0.0.1:0";
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(60);
    private readonly bool _isScratch;
    private Process? _process;
    private volatile Uri? _address;

    private OwnServer(string? folder)
    {
        _isScratch = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("tally-replay-").FullName;
    }

    public string Folder { get; }
    public string Key { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
    public Uri Address => _address!;
    public int Kills { get; private set; }

    /// <summary>Leaves the scratch folder where it is, to be looked at.</summary>
    public bool KeepsFolder { get; set; }

    /// <summary>How long it took from a start until the server listened, at most.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <param name="folder">Absent or empty; null for a new one.</param>
    public static async Task<OwnServer> StartAsync(string? folder, CancellationToken cancel)
    {
        if (folder is not null && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new ReplayException($"{folder} is not empty; a replay's own server takes a store of its own.");
        var server = new OwnServer(folder);
        try
        {
            await server.LaunchAsync(UrlAnyPort, cancel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL, and the same again on the same port.</summary>
    public async Task KillAndStartAsync(CancellationToken cancel)
    {
        await KillAsync();
        Kills++;
        await LaunchAsync(Address.GetLeftPart(UriPartial.Authority), cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await KillAsync();
        if (_isScratch && !KeepsFolder && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    private async Task LaunchAsync(string url, CancellationToken cancel)
    {
        var started = Stopwatch.StartNew();
        _process = Process.Start(StartInfo(url)) ?? throw new ReplayException("The server could not be started.");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(StartTimeMax);
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (Listening().Match(line) is not { Success: true } match) continue;
            _address = new(match.Groups[1].Value);
            if (started.Elapsed > StartTime) StartTime = started.Elapsed;
            Drain(_process.StandardOutput);
            Drain(_process.StandardError);
            return;
        }
        throw new ReplayException($"The server did not start: {await _process.StandardError.ReadToEndAsync(cancel)}");
    }

    private ProcessStartInfo StartInfo(string url)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "tally.exe" : "tally");
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["serve", "--urls", url, "--data", Folder]) start.ArgumentList.Add(argument);
        start.Environment["TALLY_ADMIN_KEY"] = Key;
        start.Environment.Remove("TALLY_POSTGRES");
        return start;
    }

    private async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>A pipe that nobody reads would stop the server.</summary>
    private static void Drain(StreamReader reader) => _ = reader.BaseStream.CopyToAsync(Stream.Null);

    [GeneratedRegex(@"listens on (http://\S+?)/?(?:,|\s|$)")]
    private static partial Regex Listening();
}
