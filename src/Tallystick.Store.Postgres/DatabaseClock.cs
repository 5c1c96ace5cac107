namespace Tallystick.Store.Postgres;

/// <summary>
/// The database's time on this node: what the database said when it was asked last, and the time that has gone by since
/// on this node's monotonic clock. The node's own calendar plays no part. Wrong by at most half a round trip and what
/// two oscillators drift apart in a few seconds. Thread-safe.
/// </summary>
internal sealed class DatabaseClock : TimeProvider
{
    /// <summary>How much an oscillator may be off: 200 parts in a million is twice what quartz is sold with.</summary>
    private const long DriftDivisor = 5_000;
    private volatile Reading _reading = new(default, 0, TimeSpan.MaxValue);

    /// <param name="time">What the database said.</param>
    /// <param name="asked">This node's timestamp before the question; the answer came just now.</param>
    public void Set(DateTimeOffset time, long asked)
    {
        var now = GetTimestamp();
        var error = GetElapsedTime(asked, now) / 2;
        var last = _reading;
        // A slow answer says less than a quick one of a while ago.
        if (last.Error != TimeSpan.MaxValue && error > last.Error + GetElapsedTime(last.At, now) / DriftDivisor
            && (time + error - At(last, now)).Duration() <= error + last.Error) return;
        _reading = new(time + error, now, error);
    }

    public override DateTimeOffset GetUtcNow() => At(_reading, GetTimestamp());

    private DateTimeOffset At(Reading reading, long now) => reading.Time + GetElapsedTime(reading.At, now);

    private sealed record Reading(DateTimeOffset Time, long At, TimeSpan Error);
}
