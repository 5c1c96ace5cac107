using System.Text.Json;

namespace Tallystick.Contracts.Usage;

/// <summary>The <c>data</c> of a CloudEvent, where it is not the usage alone.</summary>
public sealed record UsageEventData
{
    /// <summary>Instead of the event's <c>subject</c>.</summary>
    public string? AccountId { get; init; }

    /// <summary>Instead of an account.</summary>
    public string? LicenseKey { get; init; }
    public required UsageBody Usage { get; init; }
    public bool? Charge { get; init; }
    public string? Description { get; init; }
    public JsonElement? Metadata { get; init; }
}
