using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Keys;

/// <summary>Body of <c>POST /api/v1/keys/{id}/rotate</c>.</summary>
public sealed record RotateKeyRequest
{
    /// <summary>Seconds for which the old key goes on; 0 to 30 days, default one hour.</summary>
    public long? OverlapSeconds { get; init; }

    /// <summary>When the new key expires; default: when the old one would have.</summary>
    public Timestamp? ExpiresAt { get; init; }
}
