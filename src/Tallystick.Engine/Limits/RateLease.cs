namespace Tallystick.Engine.Limits;

/// <summary>
/// What a node may use, in the segment in which it was given and in no later one. It counts as used when it is given:
/// what a node that dies had in hand comes back as the segment grows old.
/// </summary>
/// <param name="Ends">How long the segment goes on.</param>
/// <param name="Granted">Maybe less than was asked for, also nothing.</param>
/// <param name="Window">What all nodes have been given, this one included.</param>
public sealed record RateLease(long Segment, TimeSpan Ends, long Granted, RateWindow Window)
{
    /// <summary>
    /// Near the limit what is kept in hand gets smaller, so that the last of it goes to whoever comes for it.
    /// </summary>
    private const int ShareDivisor = 8;

    /// <summary>Answers an ask.</summary>
    /// <param name="counted">What has been given so far; it is changed.</param>
    /// <param name="now">By the clock that all nodes share.</param>
    public static RateLease Of(RateWindow counted, DateTimeOffset now, RateAsk ask)
    {
        var segment = RateWindow.SegmentAt(now - DateTimeOffset.UnixEpoch);
        // A clock that was set back: what was counted is as of now, or it would hold everybody up until then.
        var window = counted.LastSegment > segment + 1 ? new(segment, counted.ToArray()) : counted;
        window.Return(ask.ReturnedOf, ask.Returned);
        window.Add(segment, ask.Noted);
        var left = Math.Max(0, ask.Limit - window.Used(segment));
        var spare = Math.Min(ask.Wanted, (left + ShareDivisor - 1) / ShareDivisor);
        var granted = Math.Min(left, Math.Max(ask.Needed, spare));
        window.Add(segment, granted);
        return new(window.LastSegment, RateWindow.EndOf(segment) - (now - DateTimeOffset.UnixEpoch), granted, window);
    }
}
