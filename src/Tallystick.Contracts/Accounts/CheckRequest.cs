using Tallystick.Contracts.Json;
using Tallystick.Contracts.Usage;

namespace Tallystick.Contracts.Accounts;

/// <summary>Body of <c>POST /api/v1/check</c>: would this amount pass now?</summary>
public sealed record CheckRequest
{
    public required string AccountId { get; init; }
    public Amount? Amount { get; init; }

    /// <summary>Instead of an amount.</summary>
    public UsageBody? Usage { get; init; }
}
