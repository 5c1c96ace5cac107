using System.Text.Json;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Accounts;

/// <summary>An account.</summary>
public sealed record AccountResponse
{
    public required string AccountId { get; init; }

    /// <summary><c>active</c>, <c>suspended</c> or <c>closed</c>.</summary>
    public required string Status { get; init; }
    public string? Name { get; init; }
    public string? Email { get; init; }
    public JsonElement? Metadata { get; init; }
    public required Amount OverdraftLimit { get; init; }

    /// <summary>The account's own cap; null where the tier's holds.</summary>
    public Amount? MonthlyCap { get; init; }
    public required string TimeZone { get; init; }
    public string? Tier { get; init; }

    /// <summary>The tier that begins with the next period, where that is another.</summary>
    public string? NextTier { get; init; }
    public required Timestamp CreatedAt { get; init; }
    public required Timestamp UpdatedAt { get; init; }
}
