using System.Numerics;

namespace Tallystick.Model;

/// <param name="Grant">Null is the debt leg: reserved overdraft of a hold, debt of a charge.</param>
public sealed record ModelLeg(ThingId? Grant, BigInteger Amount)
{
    /// <summary>What refunds have given back of a charge's leg; always 0 on a hold's.</summary>
    public BigInteger Refunded { get; init; }
}

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

/// <summary>A charge or a capture: both are refunded alike.</summary>
public sealed record ModelCharge
{
    public required ThingId Id { get; init; }
    public required ThingId? Hold { get; init; }
    public required BigInteger Amount { get; init; }

    /// <summary>What a capped capture asked for and nobody owes.</summary>
    public required BigInteger Shortfall { get; init; }

    /// <summary>In the order burned. The debt leg is one at most, and the last.</summary>
    public required IReadOnlyList<ModelLeg> Legs { get; init; }

    public BigInteger Refunded => Legs.Aggregate(BigInteger.Zero, (sum, leg) => sum + leg.Refunded);
}

/// <summary>One payment of one grant towards one debt, and how much of it refunds have given back.</summary>
public sealed record DebtPayment(ThingId Grant, BigInteger Amount)
{
    public BigInteger GivenBack { get; init; }
}

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

public sealed record ModelBalance
{
    public required BigInteger Remaining { get; init; }
    public required BigInteger Held { get; init; }
    public required BigInteger Reserved { get; init; }
    public required BigInteger Debt { get; init; }

    public BigInteger Available => Remaining - Debt - Reserved;
    public BigInteger Balance => Available + Held;
}
