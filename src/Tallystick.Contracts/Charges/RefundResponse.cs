using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Charges;

/// <summary>A refund names its charge.</summary>
public sealed record RefundResponse : MovementResponse
{
    [JsonPropertyOrder(Source)]
    public required string ChargeId { get; init; }
}
