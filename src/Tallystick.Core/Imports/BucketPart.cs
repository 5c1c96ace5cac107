using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Core.Imports;

/// <summary>So much of one bucket, as another system's books have it.</summary>
public readonly record struct BucketPart(string Bucket, CreditAmount Amount);

internal static class BucketPartCodec
{
    public static void Write(CborWriter writer, ImmutableArray<BucketPart> parts)
    {
        writer.Array(parts.Length * 2);
        foreach (var part in parts) { writer.Text(part.Bucket); writer.Int(part.Amount.Micros); }
    }

    public static ImmutableArray<BucketPart> Read(ref CborReader reader)
    {
        var parts = ImmutableArray.CreateBuilder<BucketPart>();
        for (var left = reader.Array(); left > 0; left -= 2) parts.Add(new(reader.Text(), new(reader.Int())));
        return parts.ToImmutable();
    }
}
