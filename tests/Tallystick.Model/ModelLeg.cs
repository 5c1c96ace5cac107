using System.Numerics;

namespace Tallystick.Model;

/// <param name="Grant">Null is the debt leg: reserved overdraft of a hold, debt of a charge.</param>
public sealed record ModelLeg(ThingId? Grant, BigInteger Amount)
{
    /// <summary>What refunds have given back of a charge's leg; always 0 on a hold's.</summary>
    public BigInteger Refunded { get; init; }
}
