namespace Tallystick.Contracts.Charges;

/// <summary>A refund names its charge.</summary>
public sealed record RefundResponse : MovementResponse
{
    public required string ChargeId { get; init; }
}
