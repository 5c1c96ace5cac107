namespace Tallystick.Core.Pricing;

/// <summary>
/// A part of the day, in seconds of the UTC day; <c>To</c> is exclusive, and not after <c>From</c>: over midnight.
/// </summary>
public readonly record struct DaySpan(int From, int To)
{
    public const int DaySeconds = 86_400;

    public bool Contains(int second) => From < To ? second >= From && second < To : second >= From || second < To;
}
