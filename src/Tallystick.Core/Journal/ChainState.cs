using System.Collections.Immutable;
using Tallystick.Core.Time;

namespace Tallystick.Core.Journal;

/// <summary>The fold of one chain up to its last entry. Immutable.</summary>
public abstract record ChainState
{
    public required ChainKey Key { get; init; }

    /// <summary>Sequence of the last entry; 0 before the first.</summary>
    public long Sequence { get; init; }

    /// <summary>Hash of the last entry.</summary>
    public byte[] Head { get; init; } = HashChain.Genesis;
    public Instant LastAt { get; init; }

    /// <summary>A lower bound of the instant at which something falls due by itself; null when nothing will.</summary>
    public virtual Instant? NextDue => null;
    public abstract byte[] Encode();
}

public enum RecordKind { Grant = 1, Hold, Charge, Debt }

/// <summary>Names a record of a chain that has left the state: a grant, hold, charge or debt that is no longer open.</summary>
public readonly record struct RecordKey(RecordKind Kind, ThingNumber Number);

/// <summary>A thing of an account, with all that happened to it. Open ones live in the state, others beside it.</summary>
public abstract record ChainRecord
{
    public required ThingNumber Number { get; init; }
    public abstract RecordKind Kind { get; }
    public RecordKey Key => new(Kind, Number);
    public abstract void Write(CborWriter writer);

    public byte[] Encode()
    {
        var writer = new CborWriter();
        Write(writer);
        return writer.ToArray();
    }
}

/// <summary>Part of a split: so much of one grant, or (none) of the overdraft.</summary>
public readonly record struct Leg(ThingNumber Grant, Money.CreditAmount Amount);

internal static class LegCodec
{
    public static void Write(CborWriter writer, ImmutableArray<Leg> legs)
    {
        writer.Array(legs.Length * 2);
        foreach (var leg in legs) { writer.Int(leg.Grant.Value); writer.Int(leg.Amount.Micros); }
    }

    public static ImmutableArray<Leg> Read(ref CborReader reader)
    {
        var legs = ImmutableArray.CreateBuilder<Leg>();
        for (var left = reader.Array(); left > 0; left -= 2) legs.Add(new(new(reader.Int()), new(reader.Int())));
        return legs.ToImmutable();
    }
}
