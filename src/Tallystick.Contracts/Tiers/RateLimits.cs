namespace Tallystick.Contracts.Tiers;

/// <summary>What an account of the tier may ask per minute; null for no limit.</summary>
public sealed record RateLimits(long? RequestsPerMinute = null, long? TokensPerMinute = null);
