namespace Tallystick.Contracts.Tiers;

/// <summary>What may be asked in any minute, by a key or for an account of a tier; null for no limit.</summary>
public sealed record RateLimits(long? RequestsPerMinute = null, long? TokensPerMinute = null);
