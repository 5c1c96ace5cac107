using System.Text.Json;
using System.Text.Json.Serialization;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Accounts;

/// <summary>Body of <c>PUT /api/v1/accounts/{account_id}</c>. What is absent stays as it is.</summary>
public sealed record PutAccountRequest
{
    /// <summary>At most 200 characters.</summary>
    public string? Name { get; init; }

    /// <summary>At most 320 characters.</summary>
    public string? Email { get; init; }

    /// <summary>An object of at most 50 members, 32 levels and 16 KiB.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>How far admission may go below zero; default 0.</summary>
    public Amount? OverdraftLimit { get; init; }

    /// <summary>What may be spent in a period; null takes the account's own cap away, and the tier's holds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public AmountOrNull MonthlyCap { get; init; }

    /// <summary>An id of the IANA time zone database, in which its periods begin; default UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>
    /// Named for the first time, it gives its sign-up credits and first allowance: once per account and tier ever.
    /// </summary>
    public string? Tier { get; init; }

    /// <summary><c>at_once</c> (default): each tier counts for its share; or <c>period_end</c>.</summary>
    public string? TierChange { get; init; }
}
