using System.Collections.Immutable;

namespace Tallystick.Core.Journal;

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
