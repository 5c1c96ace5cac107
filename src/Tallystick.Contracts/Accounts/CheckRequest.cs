using System.Text.Json;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Usage;

namespace Tallystick.Contracts.Accounts;

/// <summary>Body of <c>POST /api/v1/check</c>: would this amount pass now?</summary>
public sealed record CheckRequest
{
    public string? AccountId { get; init; }

    /// <summary>Instead of the account: the key of a licence that spends its credits.</summary>
    public string? LicenseKey { get; init; }
    public Amount? Amount { get; init; }

    /// <summary>Instead of an amount.</summary>
    public UsageBody? Usage { get; init; }

    /// <summary>As a charge would have it: its member, team and tags say which budgets are looked at.</summary>
    public JsonElement? Metadata { get; init; }
}
