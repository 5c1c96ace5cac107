using System.Collections.Concurrent;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Replay;

/// <summary>What a replay has done so far: counts, durations and faults. Thread-safe.</summary>
internal sealed class ReplayTally
{
    private const int FaultsKept = 20;

    /// <summary>What is measured apart, in the order of the report.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["hold", "capture", "release", "refund", "refused"];

    private readonly Dictionary<string, LatencyHistogram> _latencies =
        Kinds.ToDictionary(kind => kind, _ => new LatencyHistogram(), StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _faults = new();
    private long _calls, _answers, _repeats, _faultCount;

    /// <summary>Called with the number of answers so far, after each.</summary>
    public Action<long>? Answered { get; set; }

    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Changes and refusals that were answered as they should be, each counted once.</summary>
    public long Answers => Interlocked.Read(ref _answers);
    public long Repeats => Interlocked.Read(ref _repeats);
    public long FaultCount => Interlocked.Read(ref _faultCount);
    public IEnumerable<string> Faults => _faults;

    public LatencyHistogram Latency(string kind) => _latencies[kind];

    public LatencyHistogram AllLatencies()
    {
        var all = new LatencyHistogram();
        foreach (var latency in _latencies.Values) all.Add(latency);
        return all;
    }

    public void AddCall() => Interlocked.Increment(ref _calls);

    public void AddRepeat() => Interlocked.Increment(ref _repeats);

    public void AddAnswer(StepKind kind, TimeSpan took)
    {
        _latencies[WordOf(kind)].Record(took);
        var answers = Interlocked.Increment(ref _answers);
        Answered?.Invoke(answers);
    }

    /// <summary>Something that must not be; the first ones are kept word by word.</summary>
    public void AddFault(string fault)
    {
        if (Interlocked.Increment(ref _faultCount) <= FaultsKept) _faults.Enqueue(fault);
    }

    private static string WordOf(StepKind kind) => kind switch
    {
        StepKind.Hold or StepKind.BriefHold => "hold",
        StepKind.Capture or StepKind.LateCapture => "capture",
        StepKind.Release => "release",
        StepKind.Refund => "refund",
        _ => "refused",
    };
}
