using System.Text.Json;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Usage;

namespace Tallystick.Contracts.Charges;

/// <summary>Body of <c>POST /api/v1/charges</c>: check and deduct at once.</summary>
public sealed record ChargeRequest
{
    public string? AccountId { get; init; }

    /// <summary>Instead of the account: the key of a licence that spends its credits.</summary>
    public string? LicenseKey { get; init; }

    /// <summary>Greater than 0. Either this or a usage.</summary>
    public Amount? Amount { get; init; }

    /// <summary>Then the amount is what it costs.</summary>
    public UsageBody? Usage { get; init; }
    public string? Description { get; init; }
    public string? ReferenceId { get; init; }
    public JsonElement? Metadata { get; init; }
}
