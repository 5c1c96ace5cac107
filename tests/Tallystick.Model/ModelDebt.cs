using System.Numerics;

namespace Tallystick.Model;

/// <summary>What a charge, a capture or a voiding that claws back left unpaid.</summary>
/// <param name="Sequence">Of the entry that made it.</param>
public sealed record ModelDebt(long Sequence, BigInteger Amount)
{
    /// <summary>In the order paid.</summary>
    public IReadOnlyList<DebtPayment> Payments { get; init; } = [];

    public BigInteger Cancelled { get; init; }

    public BigInteger Paid => Payments.Aggregate(BigInteger.Zero, (sum, payment) => sum + payment.Amount);

    public BigInteger GivenBack => Payments.Aggregate(BigInteger.Zero, (sum, payment) => sum + payment.GivenBack);

    public BigInteger Owed => Amount - Paid - Cancelled;

    /// <summary>What refunds may still cancel or give back.</summary>
    public BigInteger Returnable => Amount - Cancelled - GivenBack;
}
