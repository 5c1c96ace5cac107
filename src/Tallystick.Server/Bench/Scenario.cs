using Tallystick.Server.Measuring;

namespace Tallystick.Server.Bench;

/// <summary>One way to load a server, with what all its rounds came to.</summary>
internal sealed class Scenario(string name, Func<TimeSpan, CancellationToken, Task<LoadResult>> run)
{
    public string Name => name;
    public Spread PerSecond { get; } = new();
    public Spread ServerMicroseconds { get; } = new();
    public Spread LoadMicroseconds { get; } = new();
    public LatencyHistogram Latency { get; } = new();

    public async Task RoundAsync(TimeSpan duration, CancellationToken cancel)
    {
        var result = await run(duration, cancel);
        PerSecond.Add(result.PerSecond);
        ServerMicroseconds.Add(result.ServerMicroseconds);
        LoadMicroseconds.Add(result.LoadMicroseconds);
        Latency.Add(result.Latency);
    }

    /// <summary>Runs the code hot: what a just-in-time compiler still has to do is not measured.</summary>
    public Task WarmUpAsync(TimeSpan duration, CancellationToken cancel) => run(duration, cancel);
}
