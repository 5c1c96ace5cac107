using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres;

/// <summary>
/// Whether the database answers at present. While it does not, most calls fail at once and now and then one asks again,
/// so that what has queued up is answered in time. Thread-safe.
/// </summary>
internal sealed class Outage(TimeProvider time, TimeSpan patience)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private long _failedAt;
    private long _failures;

    /// <summary>Calls that it did not answer, so far.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    public bool IsOn => Volatile.Read(ref _failedAt) != 0;

    /// <summary>How long a call may take; throws where it should not even be tried.</summary>
    public TimeSpan Admit(TimeSpan usual)
    {
        var failedAt = Volatile.Read(ref _failedAt);
        if (failedAt == 0) return usual;
        if (time.GetElapsedTime(failedAt) < Pause) throw new StoreUnavailableException(
            "PostgreSQL did not answer a moment ago");
        return patience < usual ? patience : usual;
    }

    public void Begin()
    {
        Interlocked.Increment(ref _failures);
        Volatile.Write(ref _failedAt, time.GetTimestamp());
    }

    public void End() => Volatile.Write(ref _failedAt, 0);
}
