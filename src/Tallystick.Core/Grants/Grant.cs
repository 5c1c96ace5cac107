using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;

namespace Tallystick.Core.Grants;

/// <summary>A lot of credits and where they stand. Its pools always sum to <see cref="Amount"/>.</summary>
public sealed record Grant : ChainRecord
{
    public override RecordKind Kind => RecordKind.Grant;
    public required CreditAmount Amount { get; init; }
    public required string Bucket { get; init; }
    public required GrantKind GrantKind { get; init; }
    public required int Priority { get; init; }

    /// <summary>Promotional and bonus credits, and what was re-granted from them; spent before paid ones.</summary>
    public required bool IsFree { get; init; }
    public required Instant CreatedAt { get; init; }
    public required Instant EffectiveAt { get; init; }
    public Instant? ExpiresAt { get; init; }
    public string? CostBasis { get; init; }
    public string? ReferenceId { get; init; }

    /// <summary>For a re-grant or rollover: the grant whose credits these were.</summary>
    public ThingNumber Source { get; init; }

    /// <summary>The tier that gave it, and why; null for any other grant.</summary>
    public string? Tier { get; init; }
    public GrantReason Reason { get; init; }

    /// <summary>How many period ends its credits have lived through.</summary>
    public int Rolls { get; init; }

    public CreditAmount Pending { get; init; }
    public CreditAmount Remaining { get; init; }
    public CreditAmount Held { get; init; }
    public CreditAmount Used { get; init; }
    public CreditAmount Expired { get; init; }
    public CreditAmount Voided { get; init; }

    /// <summary>The entry that voided it; 0 while it was not.</summary>
    public long VoidedBy { get; init; }
    public bool ClawedBack { get; init; }

    public bool IsVoided => VoidedBy != 0;
    public bool IsOpen => Pending.IsPositive || Remaining.IsPositive || Held.IsPositive;

    /// <summary>
    /// Its end is the end of the period, where it may roll over; so it does not expire by itself.
    /// </summary>
    public bool EndsWithPeriod => Tier is not null && GrantKind is GrantKind.Allowance or GrantKind.Rollover;
    public bool HasExpiredAt(Instant at) => ExpiresAt is { } expires && expires <= at;

    public GrantStatus StatusAt(Instant at) =>
        IsVoided ? GrantStatus.Voided
        : Pending.IsPositive ? GrantStatus.Pending
        : HasExpiredAt(at) ? (Used == Amount ? GrantStatus.Depleted : GrantStatus.Expired)
        : Remaining.IsZero && Held.IsZero ? GrantStatus.Depleted
        : GrantStatus.Active;

    /// <summary>
    /// Moves credits between pools; those that are none of its own come from, or go, elsewhere. Throws when that would
    /// leave one negative (I2).
    /// </summary>
    public Grant Move(Pool from, Pool to, CreditAmount amount)
    {
        return this with
        {
            Pending = After(Pool.Pending, Pending), Remaining = After(Pool.Remaining, Remaining),
            Held = After(Pool.Held, Held), Used = After(Pool.Used, Used), Expired = After(Pool.Expired, Expired),
            Voided = After(Pool.Voided, Voided),
        };

        CreditAmount After(Pool pool, CreditAmount before)
        {
            if (pool != from && pool != to) return before;
            var after = before;
            if (pool == from) after -= amount;
            if (pool == to) after += amount;
            if (after >= CreditAmount.Zero) return after;
            throw new InvariantBrokenException($"I2: a pool of grant {Number} would be {after}");
        }
    }

    public override void Write(CborWriter writer)
    {
        writer.Array(22);
        writer.Int(Number.Value); writer.Int(Amount.Micros); writer.Text(Bucket); writer.Int((int)GrantKind);
        writer.Int(Priority); writer.Bool(IsFree); writer.Int(CreatedAt.Micros); writer.Int(EffectiveAt.Micros);
        if (ExpiresAt is { } expires) writer.Int(expires.Micros); else writer.Null();
        if (CostBasis is null) writer.Null(); else writer.Text(CostBasis);
        if (ReferenceId is null) writer.Null(); else writer.Text(ReferenceId);
        writer.Int(Source.Value); writer.Int(Pending.Micros); writer.Int(Remaining.Micros); writer.Int(Held.Micros);
        writer.Int(Used.Micros); writer.Int(Expired.Micros); writer.Int(Voided.Micros);
        writer.Int(ClawedBack ? -VoidedBy : VoidedBy);
        if (Tier is null) writer.Null(); else writer.Text(Tier);
        writer.Int((int)Reason); writer.Int(Rolls);
    }

    public static Grant Read(ref CborReader r)
    {
        if (r.Array() != 22) throw new JournalCorruptException("not a grant");
        long voidedBy;
        return new()
        {
            Number = new(r.Int()), Amount = new(r.Int()), Bucket = r.Name(), GrantKind = (GrantKind)r.Int(),
            Priority = (int)r.Int(), IsFree = r.Bool(), CreatedAt = new(r.Int()), EffectiveAt = new(r.Int()),
            ExpiresAt = r.TryNull() ? null : new Instant(r.Int()),
            CostBasis = r.TryNull() ? null : r.Text(),
            ReferenceId = r.TryNull() ? null : r.Text(),
            Source = new(r.Int()), Pending = new(r.Int()), Remaining = new(r.Int()), Held = new(r.Int()),
            Used = new(r.Int()), Expired = new(r.Int()), Voided = new(r.Int()),
            VoidedBy = Math.Abs(voidedBy = r.Int()), ClawedBack = voidedBy < 0, Tier = r.TryNull() ? null : r.Name(),
            Reason = (GrantReason)r.Int(), Rolls = checked((int)r.Int()),
        };
    }
}
