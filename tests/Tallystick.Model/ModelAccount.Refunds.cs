using System.Numerics;

namespace Tallystick.Model;

public sealed partial class ModelAccount
{
    /// <param name="now">In microseconds.</param>
    /// <param name="charge">A charge or a capture, by its entry.</param>
    /// <param name="amount">All that is left where it is null.</param>
    public Outcome Refund(long now, ThingId charge, BigInteger? amount = null) =>
        amount <= 0 ? Refusals.InvalidAmount : Decide(now, at => DecideRefund(at, charge, amount));

    private Outcome DecideRefund(long at, ThingId id, BigInteger? amount)
    {
        if (books.FindCharge(id) is not { } charge) return Refusals.NotFound;
        if (charge is { Imported: not null, Legs.Count: 0 }) return Refusals.Conflict(books.Status);
        var refundable = books.Refundable(id);
        if (refundable == 0 || amount > refundable) return Refusals.AlreadyRefunded(refundable);

        books.Open(EntryKind.Refund, at);
        var wanted = amount ?? refundable;
        ReturnParts(at, id, wanted);
        return books.Write(id, wanted);
    }

    private void ReturnParts(long at, ThingId id, BigInteger amount)
    {
        var rest = amount;
        foreach (var part in books.PartsOf(id))
        {
            var legs = part.Legs.ToArray();
            for (var i = legs.Length - 1; i >= 0; i--)
            {
                var leg = legs[i];
                var returned = BigInteger.Min(rest, leg.Amount - leg.Refunded);
                legs[i] = leg with { Refunded = leg.Refunded + returned };
                rest -= returned;
                if (leg.Grant is { } grant) ReturnToGrant(at, grant, returned, part.Id.Sequence);
                else ReturnDebt(at, part.Id.Sequence, returned);
            }

            books.Replace(part with { Legs = legs });
        }
    }

    /// <param name="usedBy">Whose use it was: a claw-back covers only what was used before it.</param>
    private void ReturnToGrant(long at, ThingId id, BigInteger amount, long usedBy)
    {
        if (amount == 0) return;
        var grant = books.Grant(id);
        if (grant.IsVoided)
        {
            books.Move(id, Pool.Used, Pool.Voided, amount);
            if (grant.ClawBackDebt is { } debt && usedBy < debt)
                ReturnDebt(at, debt, BigInteger.Min(amount, books.Debt(debt).Returnable));
        }
        else if (grant.HasExpiredBy(at))
        {
            books.Move(id, Pool.Used, Pool.Expired, amount);
            GrantAnew(at, grant, amount);
        }
        else
        {
            books.Move(id, Pool.Used, Pool.Remaining, amount);
        }
    }

    private void GrantAnew(long at, ModelGrant source, BigInteger amount)
    {
        var id = books.NextRegrantId();
        books.Grants.Add(new ModelGrant
        {
            Id = id,
            Amount = amount,
            Bucket = source.Bucket,
            Kind = GrantKind.Refund,
            IsFree = source.IsFree,
            Priority = source.Priority,
            EffectiveAt = at,
            ExpiresAt = at + settings.RefundGraceMicroseconds,
            CostBasis = source.CostBasis,
        });
        books.Post(null, Pool.Issued, -amount);
        books.Post(id, Pool.Remaining, amount);
    }

    /// <summary>
    /// First what is still owed is cancelled, then what was paid goes back to the grants that paid it, the last first.
    /// A grant that paid may itself have been voided with a claw-back; its debt is younger than this one, since a
    /// voided grant pays nothing, and so the recursion ends.
    /// </summary>
    private void ReturnDebt(long at, long sequence, BigInteger amount)
    {
        var debt = books.Debt(sequence);
        var cancelled = BigInteger.Min(amount, debt.Owed);
        books.Move(Pool.Unfunded, Pool.Debt, cancelled);

        var rest = amount - cancelled;
        var payments = debt.Payments.ToArray();
        var givenBack = new List<(ThingId Grant, BigInteger Amount)>();
        for (var i = payments.Length - 1; i >= 0; i--)
        {
            var part = BigInteger.Min(rest, payments[i].Amount - payments[i].GivenBack);
            payments[i] = payments[i] with { GivenBack = payments[i].GivenBack + part };
            givenBack.Add((payments[i].Grant, part));
            rest -= part;
        }

        books.Replace(debt with { Cancelled = debt.Cancelled + cancelled, Payments = payments });
        foreach (var (grant, part) in givenBack) ReturnToGrant(at, grant, part, sequence);
    }
}
