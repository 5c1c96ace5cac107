using System.Numerics;

namespace Tallystick.Model;

public sealed record CaptureInput
{
    public required BigInteger Amount { get; init; }
    public bool Final { get; init; } = true;
    public CaptureMode Mode { get; init; } = CaptureMode.Overflow;
}
