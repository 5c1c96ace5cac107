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
    public required Timestamp CreatedAt { get; init; }
    public required Timestamp UpdatedAt { get; init; }
}
