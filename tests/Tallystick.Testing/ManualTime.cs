namespace Tallystick.Testing;

/// <summary>Time that stands still until it is moved; timers go off on whoever moves it, in their order.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private long _ticks;
    private long _made;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    public void Advance(TimeSpan by)
    {
        var until = GetTimestamp() + by.Ticks;
        while (TakeNext(until) is { } due)
        {
            Interlocked.Exchange(ref _ticks, Math.Max(GetTimestamp(), due.At));
            due.Go();
        }
        Interlocked.Exchange(ref _ticks, until);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state), Interlocked.Increment(ref _made));
        timer.Change(dueTime, period);
        return timer;
    }

    private Timer? TakeNext(long until)
    {
        lock (_gate)
        {
            var next = _timers.Where(timer => timer.At <= until)
                .MinBy(timer => (timer.At, timer.Number));
            if (next is null) return null;
            _timers.Remove(next);
            return next;
        }
    }

    private sealed class Timer(ManualTime time, Action go, long number) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public long At { get; private set; }
        public long Number => number;

        public void Go()
        {
            if (_period > TimeSpan.Zero) Change(_period, _period);
            go();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
                _period = period;
                At = time.GetTimestamp() + dueTime.Ticks;
                if (dueTime >= TimeSpan.Zero) time._timers.Add(this);
                return true;
            }
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
