using System.Text.Json;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Usage;

namespace Tallystick.Contracts.Holds;

/// <summary>Body of <c>POST /api/v1/holds/{id}/capture</c>.</summary>
public sealed record CaptureRequest
{
    /// <summary>What was really used; 0 is allowed, more than held follows the mode. Either this or a usage.</summary>
    public Amount? Amount { get; init; }

    /// <summary>Then the amount is what it costs by the prices of when the hold was placed.</summary>
    public UsageBody? Usage { get; init; }

    /// <summary>Ends the hold and releases the rest; default true.</summary>
    public bool? Final { get; init; }

    /// <summary><c>overflow</c> (default), <c>cap</c> or <c>reject</c>.</summary>
    public string? Mode { get; init; }
    public string? Description { get; init; }
    public JsonElement? Metadata { get; init; }
}
