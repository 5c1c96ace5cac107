using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Accounts;

/// <summary>Body of <c>POST /api/v1/check</c>: would this amount pass now?</summary>
public sealed record CheckRequest
{
    public required string AccountId { get; init; }
    public required Amount Amount { get; init; }
}
