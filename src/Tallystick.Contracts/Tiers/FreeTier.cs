namespace Tallystick.Contracts.Tiers;

/// <summary>Usage that costs nothing, in each period.</summary>
/// <param name="Requests">How many; null for no bound.</param>
/// <param name="Tokens">How many; null for no bound.</param>
/// <param name="Models">For which models; absent or empty: for all.</param>
public sealed record FreeTier(long? Requests = null, long? Tokens = null, IReadOnlyList<string>? Models = null);
