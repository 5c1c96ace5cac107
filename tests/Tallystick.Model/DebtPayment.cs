using System.Numerics;

namespace Tallystick.Model;

/// <summary>One payment of one grant towards one debt, and how much of it refunds have given back.</summary>
public sealed record DebtPayment(ThingId Grant, BigInteger Amount)
{
    public BigInteger GivenBack { get; init; }
}
