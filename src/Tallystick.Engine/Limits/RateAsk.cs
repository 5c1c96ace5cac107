namespace Tallystick.Engine.Limits;

/// <summary>What a node asks of the count of a limited thing that all nodes share.</summary>
/// <param name="Limit">In any sixty seconds.</param>
public sealed record RateAsk(RateThing Thing, long Limit)
{
    /// <summary>What requests wait for.</summary>
    public long Needed { get; init; }

    /// <summary>What to have in hand for those that come next, where enough is left.</summary>
    public long Wanted { get; init; }

    /// <summary>Used already, whatever the limit says.</summary>
    public long Noted { get; init; }

    /// <summary>Leased in the segment <see cref="ReturnedOf"/> and not used.</summary>
    public long Returned { get; init; }
    public long ReturnedOf { get; init; }
}
