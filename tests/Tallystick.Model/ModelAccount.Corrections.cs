using System.Numerics;

namespace Tallystick.Model;

public sealed partial class ModelAccount
{
    /// <summary>Brings a charge to another total: what another price makes of its usage.</summary>
    /// <param name="now">In microseconds.</param>
    public Outcome Correct(long now, ThingId charge, BigInteger total) =>
        Decide(now, at => DecideCorrection(at, charge, total));

    private Outcome DecideCorrection(long at, ThingId id, BigInteger total)
    {
        if (books.FindCharge(id) is not { Imported: null } charge) return Refusals.NotFound;
        var refundable = books.Refundable(id);
        if (charge.Standing > 0 && refundable == 0) return new Outcome.Unchanged();
        var target = charge.Shortfall > 0 ? BigInteger.Min(total, charge.Standing) : total;
        if (target == charge.Standing) return new Outcome.Unchanged();

        books.Open(EntryKind.Correction, at);
        var moved = target > charge.Standing
            ? TakeFurther(charge, target - charge.Standing)
            : BigInteger.Min(charge.Standing - target, refundable);
        if (target < charge.Standing) ReturnParts(at, id, moved);
        books.Replace(books.FindCharge(id)! with { Corrected = target });
        return books.Write(id, moved);
    }

    private BigInteger TakeFurther(ModelCharge charge, BigInteger amount)
    {
        var legs = new List<ModelLeg>();
        foreach (var leg in charge.Legs)
        {
            if (leg.Grant is not { } grant) continue;
            var taken = BigInteger.Min(amount - Books.Total(legs), books.Grant(grant).Remaining);
            if (taken <= 0) continue;
            books.Move(grant, Pool.Remaining, Pool.Used, taken);
            legs.Add(new ModelLeg(grant, taken));
        }

        legs.AddRange(TakeFromGrants(amount - Books.Total(legs), Pool.Used));
        var owed = amount - Books.Total(legs);
        books.Owe(owed);
        if (owed > 0) legs.Add(new ModelLeg(null, owed));
        books.Charges.Add(new ModelCharge
        {
            Id = new ThingId(books.Sequence),
            Hold = null,
            Of = charge.Id,
            Amount = amount,
            Shortfall = 0,
            Legs = legs,
        });
        return amount;
    }
}
