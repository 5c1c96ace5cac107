namespace Tallystick.Core.Tiers;

/// <summary>So much of a free tier: used in a period, or set aside by a hold. The default is none.</summary>
public readonly record struct FreeUse(long Requests, long Tokens)
{
    /// <summary>Counts stay at the greatest number rather than overflow: what has been used must be recorded.</summary>
    public static FreeUse operator +(FreeUse left, FreeUse right) =>
        new(Sum(left.Requests, right.Requests), Sum(left.Tokens, right.Tokens));

    /// <summary>
    /// No more than a hold has set aside; one that has set aside no tokens is of a free tier that does not count them.
    /// </summary>
    public bool IsWithin(FreeUse reserved) =>
        Requests <= reserved.Requests && (Tokens <= reserved.Tokens || reserved is { Tokens: 0, Requests: > 0 });

    /// <summary>Without the other, never below none.</summary>
    public FreeUse Less(FreeUse other) =>
        new(Math.Max(0, Requests - other.Requests), Math.Max(0, Tokens - other.Tokens));

    private static long Sum(long left, long right) => left > long.MaxValue - right ? long.MaxValue : left + right;
}
