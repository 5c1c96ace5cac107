namespace Tallystick.Contracts.Holds;

/// <summary>What a hold sets aside of the tier's free usage: nobody else gets that meanwhile.</summary>
/// <param name="Tokens">0 where the free tier does not count them.</param>
public sealed record FreeTierReserve(long Requests, long Tokens);
