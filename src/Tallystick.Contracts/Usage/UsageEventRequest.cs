using System.Text.Json;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Usage;

/// <summary>
/// One event of <c>POST /api/v1/usage/events</c>: what was consumed. Recorded once for each account, source and id.
/// </summary>
public sealed record UsageEventRequest
{
    /// <summary>The source's own id of it, 1–255 characters.</summary>
    public required string Id { get; init; }

    /// <summary>Who counted it, 1–255 characters; <c>default</c> where it does not say.</summary>
    public string? Source { get; init; }
    /// <summary>Of whoever used it; or <c>license_key</c>.</summary>
    public string? AccountId { get; init; }

    /// <summary>
    /// Of the licence by which it was used, instead of the account. It is recorded whatever the licence's state.
    /// </summary>
    public string? LicenseKey { get; init; }

    /// <summary>The instant whose prices stand; absent: when it is recorded.</summary>
    public Timestamp? OccurredAt { get; init; }
    public required UsageBody Usage { get; init; }

    /// <summary>False: only metered. Default true.</summary>
    public bool? Charge { get; init; }
    public string? Description { get; init; }
    public JsonElement? Metadata { get; init; }
}
