namespace Tallystick.Engine.Limits;

/// <summary>Counts what is limited by the minute. Thread-safe.</summary>
public interface IRateCounts
{
    /// <summary>Takes so much, or nothing where that is more than the limit leaves; of 0, says how it stands.</summary>
    /// <param name="limit">In any sixty seconds.</param>
    ValueTask<RateLevel> TakeAsync(RateThing thing, long limit, long amount, CancellationToken cancel);

    /// <summary>Notes what has been used already, whatever the limit says; less than 0 gives back.</summary>
    void Note(RateThing thing, long amount);
}
