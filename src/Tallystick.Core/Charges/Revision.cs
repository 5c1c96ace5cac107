using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Core.Charges;

/// <summary>What corrections of its price have made of a charge.</summary>
/// <param name="Amount">What it comes to by the price that stands.</param>
/// <param name="Provider">The provider's part of the price that stands.</param>
/// <param name="Price">The version that it was priced by last.</param>
/// <param name="Refunded">What refunds have given back, without what corrections have.</param>
/// <param name="Refundable">What of it, and of what was charged further, has not gone back.</param>
/// <param name="Further">Corrections that charged more: each is a part with legs of its own, the oldest first.</param>
public sealed record Revision(
    CreditAmount Amount, CreditAmount Provider, ThingNumber Price, CreditAmount Refunded, CreditAmount Refundable,
    ImmutableArray<ThingNumber> Further)
{
    internal const int Members = 6;

    internal void Write(CborWriter writer)
    {
        writer.Int(Amount.Micros); writer.Int(Provider.Micros); writer.Int(Price.Value); writer.Int(Refunded.Micros);
        writer.Int(Refundable.Micros);
        writer.Array(Further.Length);
        foreach (var part in Further) writer.Int(part.Value);
    }

    internal static Revision Read(ref CborReader r)
    {
        var (amount, provider, price) = (new CreditAmount(r.Int()), new CreditAmount(r.Int()), r.Int());
        var (refunded, refundable) = (new CreditAmount(r.Int()), new CreditAmount(r.Int()));
        var further = ImmutableArray.CreateBuilder<ThingNumber>();
        for (var left = r.Array(); left > 0; left--) further.Add(new(r.Int()));
        return new(amount, provider, new(price), refunded, refundable, further.ToImmutable());
    }

    public bool Equals(Revision? other) =>
        other is not null && (Amount, Provider, Price, Refunded, Refundable)
            == (other.Amount, other.Provider, other.Price, other.Refunded, other.Refundable)
        && Further.SequenceEqual(other.Further);

    public override int GetHashCode() => HashCode.Combine(Amount, Price, Refundable);
}
