using System.Numerics;

namespace Tallystick.Model;

public sealed partial class ModelAccount
{
    public Outcome Charge(long now, BigInteger amount) =>
        amount <= 0 ? Refusals.InvalidAmount : Decide(now, at => DecideCharge(at, amount));

    private Outcome DecideCharge(long at, BigInteger amount)
    {
        if (RefusedAdmission() is { } refusal) return refusal;
        if (amount > books.Affordable) return Insufficient(amount);

        books.Open(EntryKind.Charge, at);
        var legs = TakeFromGrants(amount, Pool.Used);
        books.Owe(amount - Books.Total(legs));
        return RecordCharge(hold: null, legs, shortfall: 0);
    }

    /// <summary>Adds the debt leg, last, over whatever this entry has left owed, and writes the entry.</summary>
    private Outcome RecordCharge(ThingId? hold, List<ModelLeg> legs, BigInteger shortfall)
    {
        var id = new ThingId(books.Sequence);
        var owed = books.Debts.Find(debt => debt.Sequence == id.Sequence);
        if (owed is not null) legs.Add(new ModelLeg(null, owed.Amount));
        var amount = Books.Total(legs);
        books.Charges.Add(new ModelCharge
        {
            Id = id,
            Hold = hold,
            Amount = amount,
            Shortfall = shortfall,
            Legs = legs,
        });
        return books.Write(hold ?? id, amount);
    }

    /// <summary>Takes in burn order; the legs sum to less than the amount where less remains.</summary>
    private List<ModelLeg> TakeFromGrants(BigInteger amount, Pool target)
    {
        var legs = new List<ModelLeg>();
        foreach (var grant in books.SpendableInBurnOrder())
        {
            var taken = BigInteger.Min(amount - Books.Total(legs), grant.Remaining);
            if (taken <= 0) break;
            books.Move(grant.Id, Pool.Remaining, target, taken);
            legs.Add(new ModelLeg(grant.Id, taken));
        }

        return legs;
    }
}
