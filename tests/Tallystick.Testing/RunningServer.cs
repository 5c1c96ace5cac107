using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Tallystick.Testing;

/// <summary>
/// The real <c>tally serve</c>, as it lies beside the tests: a process of its own, on a fresh folder and a free port.
/// </summary>
public sealed partial class RunningServer : IDisposable
{
    public const string AdminKey = "an-admin-key-for-tests-of-40-characters";
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly string _folder;
    private readonly ConcurrentQueue<string> _log;
    private readonly Task _logged;

    private RunningServer(Process process, string folder)
    {
        _process = process;
        _folder = folder;
        _log = new();
        _logged = ReadLogAsync();
    }

    public int Id => _process.Id;

    /// <summary>Where its books are.</summary>
    public string Folder => _folder;
    public required HttpClient Http { get; init; }

    /// <summary>The lines of its log so far.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <param name="environment">
    /// Beside the key <see cref="AdminKey"/> and the folder, which a database here takes the place of.
    /// </param>
    public static async Task<RunningServer> StartAsync(
        string[]? arguments = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var folder = Directory.CreateTempSubdirectory("tally-test-").FullName;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "tally"))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in (string[])["serve", "--urls", "http://127.0.0.1:0", .. arguments ?? []])
            start.ArgumentList.Add(argument);
        start.Environment.Remove("TALLY_POSTGRES");
        (start.Environment["TALLY_ADMIN_KEY"], start.Environment["TALLY_DATA"]) = (AdminKey, folder);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(StartTimeMax);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            if (Address().Match(line) is { Success: true } address)
                return new(process, folder) { Http = ClientOf(address.Value) };
        throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(patience.Token));
    }

    public async Task<(int Status, string Body, HttpResponseMessage Raw)> SendAsync(
        string method, string path, string? body = null, string? key = null, string? traceParent = null)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (traceParent is not null) request.Headers.TryAddWithoutValidation("traceparent", traceParent);
        var response = await Http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    /// <summary>Asks it to end, as a service manager would, and waits until its log is complete.</summary>
    public async Task StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        await _logged;
    }

    public void Dispose()
    {
        Http.Dispose();
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ReadLogAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line) _log.Enqueue(line);
    }

    private static HttpClient ClientOf(string address)
    {
        var client = new HttpClient { BaseAddress = new(address) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", AdminKey);
        return client;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
