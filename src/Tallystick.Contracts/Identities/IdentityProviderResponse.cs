using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Identities;

/// <summary>An issuer whose tokens the project takes.</summary>
public sealed record IdentityProviderResponse
{
    /// <summary>As entries that its tokens brought about name their actor.</summary>
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Issuer { get; init; }

    /// <summary>Null: where the issuer's discovery document says.</summary>
    public string? JwksUri { get; init; }
    public required IReadOnlyList<string> Audiences { get; init; }
    public required IReadOnlyList<string> Algorithms { get; init; }
    public required string SubjectClaim { get; init; }
    public required IReadOnlyDictionary<string, string> RequiredClaims { get; init; }
    public string? AccountPrefix { get; init; }

    /// <summary>Null: the project's <c>default_tier</c>.</summary>
    public string? Tier { get; init; }

    /// <summary>Seconds.</summary>
    public required int ClockSkew { get; init; }
    public required Timestamp ChangedAt { get; init; }
}
