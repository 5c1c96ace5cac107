using Tallystick.Engine.Identity;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Replay;

/// <summary>
/// A <c>tally serve</c> of the replay's own: it can be killed and started again on the same store. It is ended with the
/// replay, and its store is deleted unless the caller named the folder or asks to keep it.
/// </summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private const string UrlAnyPort = "http://127.0.0.1:0";
    private readonly bool _isScratch;
    private readonly string[] _options;
    private volatile ServerProcess? _process;

    private OwnServer(string? folder, string[] options)
    {
        _options = options;
        _isScratch = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("tally-replay-").FullName;
    }

    public string Folder { get; }
    public string Key { get; } = SecretForm.NewKey(KeyRing.DefaultProject, isTest: false);
    public ServerProcess Process => _process!;
    public Uri Address => Process.Address;
    public int Kills { get; private set; }

    /// <summary>Leaves the scratch folder where it is, to be looked at.</summary>
    public bool KeepsFolder { get; set; }

    /// <summary>How long it took from a start until the server listened, at most.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <param name="folder">Absent or empty; null for a new one.</param>
    /// <param name="options">Of <c>serve</c>, beside where it listens and stores.</param>
    public static async Task<OwnServer> StartAsync(
        string? folder, CancellationToken cancel, params string[] options)
    {
        if (folder is not null && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new UsageException($"{folder} is not empty; a server started here takes a store of its own.");
        var server = new OwnServer(folder, options);
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
        var url = Address.GetLeftPart(UriPartial.Authority);
        await Process.DisposeAsync();
        Kills++;
        await LaunchAsync(url, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        if (_isScratch && !KeepsFolder && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    private async Task LaunchAsync(string url, CancellationToken cancel)
    {
        var environment = new Dictionary<string, string?> { ["TALLY_ADMIN_KEY"] = Key };
        _process = await ServerProcess.StartAsync(
            ["serve", "--urls", url, "--data", Folder, .. _options], environment, cancel);
        if (_process.StartTime > StartTime) StartTime = _process.StartTime;
    }
}
