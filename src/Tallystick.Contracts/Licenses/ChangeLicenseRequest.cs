using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Licenses;

/// <summary>Body of <c>PUT /api/v1/licenses/{id}</c>: what is given is changed.</summary>
public sealed record ChangeLicenseRequest
{
    public string? Name { get; init; }

    /// <summary>From then on it is refused; null: never.</summary>
    public TimestampOrNull ExpiresAt { get; init; }
}
