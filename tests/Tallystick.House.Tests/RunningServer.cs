using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Tallystick.House.Tests;

/// <summary>The real <c>tally serve</c> as a process of its own, on a fresh folder and a free port.</summary>
internal sealed partial class RunningServer : IDisposable
{
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly string _folder;

    private RunningServer(Process process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    public int Id => _process.Id;
    public required HttpClient Http { get; init; }

    public static async Task<RunningServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("tally-house-").FullName;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "tally"))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in (string[])["serve", "--urls", "http://127.0.0.1:0", "--data", folder])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(StartTimeMax);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            if (Address().Match(line) is { Success: true } address)
                return new(process, folder) { Http = new() { BaseAddress = new(address.Value) } };
        throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(patience.Token));
    }

    public void Dispose()
    {
        Http.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
