using System.Text.Json;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Usage;

namespace Tallystick.Contracts.Holds;

/// <summary>Body of <c>POST /api/v1/holds</c>.</summary>
public sealed record HoldRequest
{
    public string? AccountId { get; init; }

    /// <summary>Instead of the account: the key of a licence that spends its credits.</summary>
    public string? LicenseKey { get; init; }

    /// <summary>Greater than 0. Either this or a usage.</summary>
    public Amount? Amount { get; init; }

    /// <summary>Then the amount is what it costs.</summary>
    public UsageBody? Usage { get; init; }

    /// <summary>Seconds; default 900. Not together with <see cref="ExpiresAt"/>.</summary>
    public long? ExpiresIn { get; init; }
    public Timestamp? ExpiresAt { get; init; }
    public string? Description { get; init; }
    public string? ReferenceId { get; init; }
    public JsonElement? Metadata { get; init; }
}
