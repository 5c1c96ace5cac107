using Tallystick.Core.Time;
using Tallystick.Testing;

namespace Tallystick.Simulation.Tests;

/// <summary>
/// Everything that is left to chance, and time: one seed, one course of events. Whatever happens is written down, so
/// that two runs can be compared line by line.
/// </summary>
internal sealed class World(int seed)
{
    private const int StepsMax = 1_000_000;

    /// <summary>Instants at which much may fall due; most of the time little time passes.</summary>
    private static readonly TimeSpan[] Leaps =
    [
        TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(2), TimeSpan.FromHours(13),
    ];

    private readonly List<TaskCompletionSource> _pauses = [];
    private readonly List<string> _log = [];

    public Random Random { get; } = new(seed);
    public SeededScheduler Scheduler { get; } = new();
    public ManualTime Time { get; } = Begin();
    public IReadOnlyList<string> Log => _log;

    /// <summary>What else may happen between two steps.</summary>
    public Action? Event { get; set; }

    public bool Chance(double probability) => Random.NextDouble() < probability;
    public T Any<T>(IReadOnlyList<T> of) => of[Random.Next(of.Count)];
    public void Note(string line) => _log.Add($"{Instant.From(Time.GetUtcNow())} {line}");

    /// <summary>Goes on at any later time, and after anything else that may happen until then.</summary>
    public Task PauseAsync()
    {
        var pause = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pauses.Add(pause);
        return pause.Task;
    }

    public void RunUntil(Task end)
    {
        for (var steps = 0; !end.IsCompleted; steps++)
        {
            if (steps == StepsMax) throw new InvalidOperationException("this does not come to an end");
            var (ready, paused) = (Scheduler.Ready, _pauses.Count);
            if (ready + paused == 0 || Chance(0.003)) Time.Advance(Leap());
            if (Chance(0.01)) Event?.Invoke();
            if (ready + paused == 0) continue;
            var which = Random.Next(ready + paused);
            if (which < ready) Scheduler.Run(which);
            else End(which - ready);
        }
        end.GetAwaiter().GetResult();
    }

    private void End(int pause)
    {
        var ended = _pauses[pause];
        _pauses.RemoveAt(pause);
        ended.SetResult();
    }

    private TimeSpan Leap() => Chance(0.9) ? Leaps[Random.Next(3)] : Any(Leaps);

    private static ManualTime Begin()
    {
        var time = new ManualTime();
        time.Advance(new DateTime(2026, 1, 30, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch);
        return time;
    }
}
