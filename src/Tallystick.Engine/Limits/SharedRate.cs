namespace Tallystick.Engine.Limits;

/// <summary>
/// What this node has of one limited thing: a lease, and how all nodes together stood when it was given. Whoever uses
/// it holds its lock.
/// </summary>
internal sealed class SharedRate(RateThing thing)
{
    /// <summary>
    /// So many portions make up a limit; where one would be hardly more than nothing, nothing is kept in hand.
    /// </summary>
    private const int PortionsPerLimit = 20;

    private RateWindow _window = new();
    private long _limit;
    private long _hand;
    private long _segment;
    private long _spare;
    private long _spareOf;
    private long _noted;
    private long _needed;
    private TimeSpan _ends = TimeSpan.MinValue;
    private bool _wantsMore;
    private TaskCompletionSource? _answer;

    /// <summary>It is on its way to the store.</summary>
    public bool IsAsked { get; set; }

    /// <summary>Nobody finds it any more.</summary>
    public bool IsForgotten { get; set; }
    public TimeSpan UsedAt { get; private set; }

    /// <summary>The store would like to know.</summary>
    public bool HasNews(TimeSpan now) => _noted > 0 || _spare > 0 || (_hand > 0 && now >= _ends);

    /// <summary>Half of a portion is left: the next one is asked for before anybody has to wait for it.</summary>
    public bool RunsLow() => _wantsMore = Portion > 0 && _hand <= Portion / 2 && _window.Used(_segment) < _limit;

    /// <summary>Takes it, or refuses it; null where only the store can tell.</summary>
    public RateLevel? TryTake(TimeSpan now, long limit, long amount)
    {
        (_limit, UsedAt) = (limit, now);
        if (now >= _ends) return null;
        var free = Math.Max(0, limit - _noted - _window.Used(_segment));
        var isTaken = amount == 0 ? free > 0 : _hand >= amount;
        // What is free may be leased; what is not, no answer would change before the segment is over.
        if (!isTaken && amount > 0 && free + _hand >= amount) return null;
        if (isTaken) _hand -= amount;
        var ahead = Math.Max(1, _window.SegmentsUntil(
            _segment, limit - _noted, isTaken ? free + 1 : Math.Max(1, amount)));
        return new(isTaken, free + _hand, _ends - now + (ahead - 1) * RateWindow.SegmentLength);
    }

    /// <summary>Completes with the next answer.</summary>
    public Task WaitAsync(long amount)
    {
        _needed += amount;
        _answer ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        return _answer.Task;
    }

    public void Note(TimeSpan now, long amount)
    {
        UsedAt = now;
        if (amount > 0) _noted += amount;
        else if (now < _ends) _hand -= amount;
    }

    /// <summary>What to ask; what is given back with it is given back once, whatever comes of it.</summary>
    /// <param name="isLast">Nothing is kept.</param>
    public RateAsk Ask(TimeSpan now, bool isLast = false)
    {
        if (now >= _ends || isLast) PutAside();
        var ask = new RateAsk(thing, _limit)
        {
            Needed = _needed, Wanted = _needed > 0 || _wantsMore ? Portion : 0, Noted = _noted,
            Returned = _spare, ReturnedOf = _spareOf,
        };
        (_spare, _wantsMore) = (0, false);
        return ask;
    }

    /// <param name="asked">When the store was asked: by then at the earliest it looked at its clock.</param>
    public void Answered(RateAsk ask, RateLease lease, TimeSpan asked)
    {
        if (lease.Segment != _segment) PutAside();
        (_window, _segment, _ends) = (lease.Window, lease.Segment, asked + lease.Ends);
        _hand += lease.Granted;
        _noted -= ask.Noted;
        Complete()?.TrySetResult();
    }

    /// <summary>What was noted is told again, since too much counted is better than too little.</summary>
    public void Failed(Exception fault) => Complete()?.TrySetException(fault);

    private long Portion => _limit < 2 * PortionsPerLimit ? 0 : _limit / PortionsPerLimit;

    private TaskCompletionSource? Complete()
    {
        var answer = _answer;
        (_answer, _needed, IsAsked) = (null, 0, false);
        return answer;
    }

    private void PutAside()
    {
        if (_hand > 0) (_spare, _spareOf) = (_hand, _segment);
        _hand = 0;
    }
}
