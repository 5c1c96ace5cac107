using Tallystick.Contracts.Json;
using Tallystick.Contracts.Tiers;

namespace Tallystick.Contracts.Keys;

/// <summary>A key that may call the API.</summary>
public sealed record KeyResponse
{
    public required string Id { get; init; }
    public required string Role { get; init; }
    public required string Name { get; init; }
    public string? AccountId { get; init; }

    /// <summary>active, expired or revoked.</summary>
    public required string Status { get; init; }

    /// <summary>Its form's prefix and last characters.</summary>
    public required string Hint { get; init; }

    /// <summary>The secret: only in the first answer to what created it, null in every other.</summary>
    public string? Key { get; init; }
    public required Timestamp CreatedAt { get; init; }
    public Timestamp? ExpiresAt { get; init; }
    public required RateLimits RateLimits { get; init; }
    public Timestamp? RevokedAt { get; init; }

    /// <summary>The key that took its place when it was rotated.</summary>
    public string? ReplacedBy { get; init; }
}
