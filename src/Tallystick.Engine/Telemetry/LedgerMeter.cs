using System.Diagnostics.Metrics;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Telemetry;

/// <summary>
/// What one ledger counts; docs/logging-and-metrics.md lists it. A turn adds up what its commands came to and reports
/// that once, so that the cost is per commit and not per command. Labels come from closed sets: never an account.
/// </summary>
internal sealed class LedgerMeter : IDisposable
{
    private const string FaultWord = "fault";
    private static readonly double[] Sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];
    private static readonly double[] Seconds =
        [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    private readonly Meter _meter = new(Signals.Name);
    private readonly Counter<long> _commands, _refusals, _entries;
    private readonly Histogram<long> _batchSize;
    private readonly Histogram<double> _commit, _wait;
    private long _faults, _seals;

    public LedgerMeter(ILedgerStore store, Func<int> queued, Func<int> cached)
    {
        _commands = _meter.CreateCounter<long>("tallystick.commands", "{command}", "What commands came to");
        _refusals = _meter.CreateCounter<long>("tallystick.refusals", "{command}", "Refused commands by code");
        _entries = _meter.CreateCounter<long>("tallystick.entries", "{entry}", "Journal entries committed, by kind");
        // Observed, so that they are there as 0 before the first one: what is absent cannot be watched.
        _meter.CreateObservableCounter(
            "tallystick.store.faults", () => Interlocked.Read(ref _faults), "{batch}", "Batches that were not stored");
        _meter.CreateObservableCounter(
            "tallystick.seals", () => Interlocked.Read(ref _seals), "{seal}", "Seals written");
        _batchSize = _meter.CreateHistogram(
            "tallystick.batch.size", "{command}", "Commands in one batch", advice: Buckets(Sizes, size => (long)size));
        _commit = _meter.CreateHistogram(
            "tallystick.commit.duration", "s", "From the first entry written to the flush done",
            advice: Buckets(Seconds, second => second));
        _wait = _meter.CreateHistogram(
            "tallystick.queue.duration", "s", "How long the first command of a batch had waited",
            advice: Buckets(Seconds, second => second));
        _meter.CreateObservableGauge("tallystick.queue.depth", queued, "{command}", "Commands that wait for a turn");
        _meter.CreateObservableGauge("tallystick.states.cached", cached, "{account}", "Accounts kept in memory");
        _meter.CreateObservableGauge(
            "tallystick.store.lag", () => store.Lag, "{entry}", "Committed entries whose indexes are not written yet");
    }

    public void Turn(IEnumerable<Reply?> replies, IReadOnlyList<ChainChange> changes, in TurnTimes times)
    {
        Count(replies);
        Count(changes);
        _batchSize.Record(times.Commands);
        _wait.Record(times.Wait.TotalSeconds);
        if (changes.Count > 0) _commit.Record(times.Commit.TotalSeconds);
    }

    public void Fault(int commands)
    {
        Interlocked.Increment(ref _faults);
        _commands.Add(commands, new KeyValuePair<string, object?>("outcome", FaultWord));
    }

    public void Seal() => Interlocked.Increment(ref _seals);

    public void Dispose() => _meter.Dispose();

    private void Count(IEnumerable<Reply?> replies)
    {
        if (!_commands.Enabled && !_refusals.Enabled) return;
        // A batch mostly comes to one thing: runs of the same outcome are reported together.
        string? word = null;
        var run = 0;
        foreach (var reply in replies)
        {
            var next = reply?.Word ?? FaultWord;
            if (word is not null && word != next) Report();
            (word, run) = (next, run + 1);
            if (reply is Reply.Refused { Rejection.Code: var code })
                _refusals.Add(1, new KeyValuePair<string, object?>("code", code));
        }
        if (word is not null) Report();

        void Report()
        {
            _commands.Add(run, new KeyValuePair<string, object?>("outcome", word));
            run = 0;
        }
    }

    private void Count(IReadOnlyList<ChainChange> changes)
    {
        if (!_entries.Enabled) return;
        EntryBody? kind = null;
        var run = 0;
        foreach (var change in changes)
        {
            foreach (var entry in change.Entries)
            {
                if (kind is not null && kind.Code != entry.Entry.Body.Code) Report();
                kind = entry.Entry.Body;
                run++;
            }
        }
        if (kind is not null) Report();

        void Report()
        {
            _entries.Add(run, new KeyValuePair<string, object?>("kind", kind.Word));
            run = 0;
        }
    }

    private static InstrumentAdvice<T> Buckets<T>(double[] bounds, Converter<double, T> convert) where T : struct =>
        new() { HistogramBucketBoundaries = Array.ConvertAll(bounds, convert) };
}
