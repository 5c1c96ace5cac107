using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Core.Limits;

/// <summary>An entry counts in a budget, in the period that ends at the instant.</summary>
public readonly record struct Count(ThingNumber Budget, Instant PeriodEnd);

internal static class CountCodec
{
    public static void Write(CborWriter writer, ImmutableArray<Count> counts)
    {
        writer.Array(counts.Length * 2);
        foreach (var count in counts) { writer.Int(count.Budget.Value); writer.Int(count.PeriodEnd.Micros); }
    }

    public static ImmutableArray<Count> Read(ref CborReader reader)
    {
        var counts = ImmutableArray.CreateBuilder<Count>();
        for (var left = reader.Array(); left > 0; left -= 2) counts.Add(new(new(reader.Int()), new(reader.Int())));
        return counts.ToImmutable();
    }
}
