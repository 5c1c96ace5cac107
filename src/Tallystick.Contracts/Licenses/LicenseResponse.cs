using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Licenses;

/// <summary>A key in the field that spends an account's credits.</summary>
public sealed record LicenseResponse
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }
    public string? Name { get; init; }

    /// <summary>active, inactive or expired.</summary>
    public required string Status { get; init; }

    /// <summary>Its form's prefix and last characters.</summary>
    public required string Hint { get; init; }

    /// <summary>The secret: only in the first answer to what issued it, null in every other.</summary>
    public string? LicenseKey { get; init; }
    public required Timestamp CreatedAt { get; init; }
    public Timestamp? ExpiresAt { get; init; }
}
