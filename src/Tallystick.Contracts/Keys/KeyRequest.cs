using Tallystick.Contracts.Json;
using Tallystick.Contracts.Tiers;

namespace Tallystick.Contracts.Keys;

/// <summary>Body of <c>POST /api/v1/keys</c>.</summary>
public sealed record KeyRequest
{
    /// <summary>admin, service, ingest, read or account.</summary>
    public required string Role { get; init; }

    /// <summary>For people: who or what uses it.</summary>
    public required string Name { get; init; }

    /// <summary>The account that a key with role account speaks for; with no other role.</summary>
    public string? AccountId { get; init; }

    /// <summary>From then on it is refused; default: never.</summary>
    public Timestamp? ExpiresAt { get; init; }

    /// <summary>What may be asked with it in any minute; default: no limit.</summary>
    public RateLimits? RateLimits { get; init; }
}
