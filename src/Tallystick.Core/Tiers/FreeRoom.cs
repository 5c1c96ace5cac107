namespace Tallystick.Core.Tiers;

/// <summary>What a free tier has left for a usage.</summary>
/// <param name="Requests">Null: no bound.</param>
/// <param name="Tokens">Null: no bound.</param>
/// <param name="CoversAll">
/// Images, seconds and fees, too: false for a free tier that counts nothing but tokens.
/// </param>
public readonly record struct FreeRoom(long? Requests, long? Tokens, bool CoversAll)
{
    /// <summary>What is not tokens costs nothing, in a request that it still has room for.</summary>
    public bool TakesOthers => CoversAll && Requests != 0 && Tokens != 0;

    public bool Fits(FreeUse use) => !(use.Requests > Requests) && !(use.Tokens > Tokens);
}
