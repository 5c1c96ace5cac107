using System.Numerics;

namespace Tallystick.Model;

public sealed record ModelHold
{
    public required ThingId Id { get; init; }
    public required BigInteger Amount { get; init; }
    public required long PlacedAt { get; init; }
    public required long ExpiresAt { get; init; }
    public HoldStatus Status { get; init; }
    public BigInteger Captured { get; init; }

    /// <summary>What is still set aside, in burn order, the debt leg last; empty once the hold has ended.</summary>
    public required IReadOnlyList<ModelLeg> OpenLegs { get; init; }

    /// <summary>The open legs at the moment the hold ended by itself: where a late capture looks first.</summary>
    public IReadOnlyList<ModelLeg> LegsAtEnd { get; init; } = [];

    public BigInteger Released => Status == HoldStatus.Held ? 0 : BigInteger.Max(0, Amount - Captured);
}
