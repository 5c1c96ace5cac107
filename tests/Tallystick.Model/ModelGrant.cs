using System.Numerics;

namespace Tallystick.Model;

public sealed record ModelGrant
{
    public required ThingId Id { get; init; }
    public required BigInteger Amount { get; init; }
    public required string Bucket { get; init; }
    public required GrantKind Kind { get; init; }

    /// <summary>The class: free burns before paid. A re-grant after a refund keeps its source's.</summary>
    public required bool IsFree { get; init; }

    public required int Priority { get; init; }
    public required long EffectiveAt { get; init; }
    public required long? ExpiresAt { get; init; }
    public required BigInteger? CostBasis { get; init; }

    public bool IsVoided { get; init; }

    /// <summary>What the voiding asked for, also where nothing was used and so no debt was made.</summary>
    public bool ClawedBack { get; init; }

    /// <summary>The sequence of the void entry, where it booked what was used as debt.</summary>
    public long? ClawBackDebt { get; init; }

    public BigInteger Pending { get; init; }
    public BigInteger Remaining { get; init; }
    public BigInteger Held { get; init; }
    public BigInteger Used { get; init; }
    public BigInteger Expired { get; init; }
    public BigInteger Voided { get; init; }

    public bool HasExpiredBy(long now) => ExpiresAt <= now;

    public GrantStatus StatusAt(long now)
    {
        if (IsVoided) return GrantStatus.Voided;
        if (Pending > 0) return GrantStatus.Pending;
        if (HasExpiredBy(now)) return Used == Amount ? GrantStatus.Depleted : GrantStatus.Expired;
        return Remaining + Held == 0 ? GrantStatus.Depleted : GrantStatus.Active;
    }

    public BigInteger PoolOf(Pool pool) => pool switch
    {
        Pool.Pending => Pending,
        Pool.Remaining => Remaining,
        Pool.Held => Held,
        Pool.Used => Used,
        Pool.Expired => Expired,
        Pool.Voided => Voided,
        _ => throw new ArgumentOutOfRangeException(nameof(pool), pool, "A grant has no such pool."),
    };

    public ModelGrant Add(Pool pool, BigInteger amount) => pool switch
    {
        Pool.Pending => this with { Pending = Pending + amount },
        Pool.Remaining => this with { Remaining = Remaining + amount },
        Pool.Held => this with { Held = Held + amount },
        Pool.Used => this with { Used = Used + amount },
        Pool.Expired => this with { Expired = Expired + amount },
        Pool.Voided => this with { Voided = Voided + amount },
        _ => throw new ArgumentOutOfRangeException(nameof(pool), pool, "A grant has no such pool."),
    };
}
