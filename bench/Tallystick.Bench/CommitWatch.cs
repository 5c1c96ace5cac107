using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tallystick.Bench;

/// <summary>
/// What a lane spends in the store, by the clock and not the processor: in the rows of a batch and what finds them
/// again, and in the log's write and flush. All charges of a batch share it.
/// </summary>
internal sealed class CommitWatch : IDisposable
{
    private const string Commits = "tallystick.commit.duration", Sizes = "tallystick.batch.size";
    private readonly MeterListener _listener = new();
    private TimeSpan _commits, _flushes;
    private long _charges, _flushSince;

    public CommitWatch()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is Commits or Sizes)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => _commits += TimeSpan.FromSeconds(seconds));
        _listener.SetMeasurementEventCallback<long>((_, commands, _, _) => _charges += commands);
        _listener.Start();
    }

    /// <summary>For the store's points of a write.</summary>
    public void Pass(string point)
    {
        if (point == "before-commit") _flushSince = Stopwatch.GetTimestamp();
        else if (point == "after-commit-before-tail") _flushes += Stopwatch.GetElapsedTime(_flushSince);
    }

    /// <summary>Microseconds of a charge since the last call; null if there was none.</summary>
    public (double Rows, double Flush)? Take()
    {
        var (commits, flushes, charges) = (_commits, _flushes, _charges);
        (_commits, _flushes, _charges) = (default, default, 0);
        return charges == 0 ? null
            : ((commits - flushes).TotalMicroseconds / charges, flushes.TotalMicroseconds / charges);
    }

    public void Dispose() => _listener.Dispose();
}
