using System.Text.Json.Serialization;
using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Holds;

/// <summary>A capture: a charge of its own, refundable by its id.</summary>
public sealed record CaptureResponse : MovementResponse
{
    [JsonPropertyOrder(Source)]
    public required string HoldId { get; init; }
    public required bool Final { get; init; }

    /// <summary>The hold had already expired.</summary>
    public required bool Late { get; init; }

    /// <summary>In mode <c>cap</c>: what was used and nobody owes.</summary>
    public required Amount Shortfall { get; init; }

    /// <summary>What went back with this capture.</summary>
    public required Amount Released { get; init; }
}
