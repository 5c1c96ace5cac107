using Tallystick.Server.Measuring;

namespace Tallystick.Server.Bench;

/// <summary>One way to load a server, with what all its rounds came to.</summary>
internal sealed class Scenario(string name, Func<TimeSpan, CancellationToken, Task<LoadResult>> run)
{
    // Of a long run longer ones: what a round leaves to write counts in it, and a service does not stop every five
    // seconds.
    private static readonly TimeSpan ShortRound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongRound = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    private readonly Func<TimeSpan, CancellationToken, Task<LoadResult>> _run = run;

    public string Name => name;
    public Spread PerSecond { get; } = new();
    public Spread ServerMicroseconds { get; } = new();
    public Spread LoadMicroseconds { get; } = new();
    public LatencyHistogram Latency { get; } = new();

    /// <summary>
    /// Runs each so long, in rounds by turns, so that whatever else the machine does meets all of them alike.
    /// </summary>
    public static async Task TakeTurnsAsync(Scenario[] scenarios, TimeSpan duration, CancellationToken cancel)
    {
        // What a just-in-time compiler still has to do is not measured.
        foreach (var scenario in scenarios) await scenario._run(WarmUp, cancel);
        var round = duration >= LongRound * 2 ? LongRound : ShortRound;
        for (var spent = TimeSpan.Zero; spent < duration; spent += round)
            foreach (var scenario in scenarios) await scenario.RoundAsync(round, cancel);
    }

    private async Task RoundAsync(TimeSpan duration, CancellationToken cancel)
    {
        var result = await _run(duration, cancel);
        PerSecond.Add(result.PerSecond);
        ServerMicroseconds.Add(result.ServerMicroseconds);
        LoadMicroseconds.Add(result.LoadMicroseconds);
        Latency.Add(result.Latency);
    }
}
