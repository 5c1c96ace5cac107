using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Licenses;

/// <summary>Body of <c>POST /api/v1/licenses</c>.</summary>
public sealed record LicenseRequest
{
    /// <summary>The account whose credits it spends.</summary>
    public required string AccountId { get; init; }

    /// <summary>For people: who or what uses it.</summary>
    public string? Name { get; init; }

    /// <summary>From then on it is refused; default: never.</summary>
    public Timestamp? ExpiresAt { get; init; }

    /// <summary>A key that is in the field already: 16 to 128 printable ASCII characters; default: a new one.</summary>
    public string? LicenseKey { get; init; }
}
