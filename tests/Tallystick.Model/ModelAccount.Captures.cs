using System.Numerics;

namespace Tallystick.Model;

public sealed partial class ModelAccount
{
    public Outcome Capture(long now, ThingId hold, CaptureInput input)
    {
        if (input.Amount < 0) return Refusals.InvalidAmount;
        return Decide(now, at =>
        {
            if (books.FindHold(hold) is not { } found) return Refusals.NotFound;
            return found.Status switch
            {
                HoldStatus.Held => CaptureHeld(at, found, input),
                HoldStatus.Expired => CaptureLate(at, found, input),
                _ => Refusals.HoldNotOpen(found.Status),
            };
        });
    }

    private Outcome CaptureHeld(long at, ModelHold hold, CaptureInput input)
    {
        var left = Books.Total(hold.OpenLegs);
        if (input.Mode == CaptureMode.Reject && input.Amount > left) return Insufficient(input.Amount);

        books.Open(EntryKind.Capture, at);
        var taken = TakeOpenLegs(hold.OpenLegs, input.Amount);
        var shortfall = TakeExcess(input.Amount - BigInteger.Min(input.Amount, left), input.Mode, taken.Legs);
        var open = taken.StillOpen;
        if (input.Final)
        {
            GiveBack(open, at);
            open = [];
        }

        books.Replace(hold with
        {
            Status = input.Final ? HoldStatus.Captured : HoldStatus.Held,
            OpenLegs = open,
            Captured = hold.Captured + input.Amount - shortfall,
        });
        return RecordCharge(hold.Id, taken.Legs, shortfall);
    }

    /// <summary>
    /// Settlement of a hold that ended by itself: what it gave back is taken again as far as its grants still have it.
    /// Its reserved overdraft is gone, so that part follows the mode like any excess. It ends the hold, final or not.
    /// </summary>
    private Outcome CaptureLate(long at, ModelHold hold, CaptureInput input)
    {
        var stillThere = hold.LegsAtEnd
            .Where(leg => leg.Grant is not null)
            .Select(leg => leg with { Amount = BigInteger.Min(leg.Amount, books.Grant(leg.Grant!.Value).Remaining) })
            .ToList();
        var left = Books.Total(stillThere);
        if (input.Mode == CaptureMode.Reject && input.Amount > left) return Insufficient(input.Amount);

        books.Open(EntryKind.Capture, at);
        var legs = Split(stillThere, input.Amount).Taken;
        foreach (var leg in legs) books.Move(leg.Grant!.Value, Pool.Remaining, Pool.Used, leg.Amount);
        var shortfall = TakeExcess(input.Amount - Books.Total(legs), input.Mode, legs);
        books.Replace(hold with
        {
            Status = HoldStatus.Captured,
            Captured = hold.Captured + input.Amount - shortfall,
        });
        return RecordCharge(hold.Id, legs, shortfall);
    }

    /// <summary>Turns open legs into used credits, the reserved overdraft into debt of this capture.</summary>
    private (List<ModelLeg> Legs, List<ModelLeg> StillOpen) TakeOpenLegs(
        IReadOnlyList<ModelLeg> openLegs, BigInteger amount)
    {
        var (taken, stillOpen) = Split(openLegs, amount);
        foreach (var leg in taken)
        {
            if (leg.Grant is { } grant)
            {
                books.Move(grant, Pool.Held, Pool.Used, leg.Amount);
            }
            else
            {
                books.Move(Pool.Reserved, Pool.Line, leg.Amount);
                books.Owe(leg.Amount);
            }
        }

        return ([.. taken.Where(leg => leg.Grant is not null)], stillOpen);
    }

    /// <summary>Takes what the hold does not cover as the mode says; returns what nobody owes.</summary>
    private BigInteger TakeExcess(BigInteger excess, CaptureMode mode, List<ModelLeg> legs)
    {
        var wanted = mode == CaptureMode.Cap
            ? BigInteger.Min(excess, BigInteger.Max(0, books.Balance.Available))
            : excess;
        var taken = TakeFromGrants(wanted, Pool.Used);
        legs.AddRange(taken);
        var missing = excess - Books.Total(taken);
        if (mode == CaptureMode.Cap) return missing;

        books.Owe(missing);
        return 0;
    }

    /// <summary>Parts the legs, in their order, into the first so much and the rest.</summary>
    private static (List<ModelLeg> Taken, List<ModelLeg> Left) Split(IEnumerable<ModelLeg> legs, BigInteger amount)
    {
        var (taken, left) = (new List<ModelLeg>(), new List<ModelLeg>());
        foreach (var leg in legs)
        {
            var part = BigInteger.Min(leg.Amount, amount - Books.Total(taken));
            if (part > 0) taken.Add(leg with { Amount = part });
            if (leg.Amount > part) left.Add(leg with { Amount = leg.Amount - part });
        }

        return (taken, left);
    }
}
