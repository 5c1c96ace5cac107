using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Charges;

/// <summary>Part of a split. What no grant covers has no <c>grant_id</c> and the bucket <c>debt</c>.</summary>
public sealed record BreakdownLeg(string? GrantId, string Bucket, Amount Amount);
