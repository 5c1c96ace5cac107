using System.Text.Json.Serialization;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Charges;

/// <summary>A charge as it is now.</summary>
public sealed record ChargeDetailResponse : MovementResponse
{
    [JsonPropertyOrder(Source)]
    public string? HoldId { get; init; }

    /// <summary>What it comes to since its price was corrected; null where it was not.</summary>
    public Amount? CorrectedAmount { get; init; }
    public required Amount Refunded { get; init; }
    public required Amount Refundable { get; init; }
}
