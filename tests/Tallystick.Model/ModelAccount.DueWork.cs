using System.Numerics;

namespace Tallystick.Model;

public sealed partial class ModelAccount
{
    // At one instant: hold ends, then expiries, then activations; the command itself comes after all of them.
    private const int HoldEndRank = 0;
    private const int ExpiryRank = 1;
    private const int ActivationRank = 2;

    private sealed record DueEvent(long At, int Rank, ThingId Subject, Action Enter);

    private void EnterDueWork(long until)
    {
        // Looked up anew after each event: an activation makes an expiry, a hold's end makes credits that expire.
        while (DueEvents(until).MinBy(due => (due.At, due.Rank, due.Subject.Sequence, due.Subject.Ordinal)) is { } next)
            next.Enter();
    }

    private IEnumerable<DueEvent> DueEvents(long until)
    {
        var holdEnds = books.Holds
            .Where(hold => hold.Status == HoldStatus.Held && hold.ExpiresAt <= until)
            .Select(hold => new DueEvent(hold.ExpiresAt, HoldEndRank, hold.Id, () => EndHold(hold)));
        var expiries = books.Grants
            .Where(grant => grant.Remaining > 0 && grant.ExpiresAt <= until)
            .Select(grant => new DueEvent(grant.ExpiresAt!.Value, ExpiryRank, grant.Id, () => Expire(grant)));
        var activations = books.Grants
            .Where(grant => grant.Pending > 0 && grant.EffectiveAt <= until)
            .Select(grant => new DueEvent(grant.EffectiveAt, ActivationRank, grant.Id, () => Activate(grant)));
        return holdEnds.Concat(expiries).Concat(activations);
    }

    private void EndHold(ModelHold hold)
    {
        books.Open(EntryKind.HoldExpired, hold.ExpiresAt);
        var returned = GiveBack(hold.OpenLegs, hold.ExpiresAt);
        books.Replace(hold with { Status = HoldStatus.Expired, OpenLegs = [], LegsAtEnd = hold.OpenLegs });
        books.Write(hold.Id, returned);
    }

    private void Expire(ModelGrant grant)
    {
        books.Open(EntryKind.GrantExpired, grant.ExpiresAt!.Value);
        books.Move(grant.Id, Pool.Remaining, Pool.Expired, grant.Remaining);
        books.Write(grant.Id, grant.Remaining);
    }

    private void Activate(ModelGrant grant)
    {
        books.Open(EntryKind.GrantActivated, grant.EffectiveAt);
        books.Move(grant.Id, Pool.Pending, Pool.Remaining, grant.Pending);
        books.Write(grant.Id, grant.Pending);
    }

    /// <summary>What a hold sets free goes back, and is lost where the grant has expired or was voided.</summary>
    private BigInteger GiveBack(IEnumerable<ModelLeg> openLegs, long at)
    {
        var returned = BigInteger.Zero;
        foreach (var leg in openLegs)
        {
            returned += leg.Amount;
            if (leg.Grant is not { } id)
            {
                books.Move(Pool.Reserved, Pool.Line, leg.Amount);
                continue;
            }

            var grant = books.Grant(id);
            var target = grant.IsVoided ? Pool.Voided : grant.HasExpiredBy(at) ? Pool.Expired : Pool.Remaining;
            books.Move(id, Pool.Held, target, leg.Amount);
        }

        return returned;
    }
}
