using System.Numerics;

namespace Tallystick.Model;

public sealed partial class ModelAccount
{
    public Outcome Grant(long now, GrantInput input)
    {
        if (input.Amount <= 0 || input.CostBasis < 0) return Refusals.InvalidAmount;
        if (input.Priority is < 0 or > 1000) return Refusals.InvalidRequest;
        return Decide(now, at => DecideGrant(at, input));
    }

    private Outcome DecideGrant(long at, GrantInput input)
    {
        if (books.Status == AccountStatus.Closed) return Refusals.AccountClosed;
        var effectiveAt = input.EffectiveAt ?? at;
        if (input.ExpiresAt <= at || input.ExpiresAt <= effectiveAt) return Refusals.InvalidRequest;

        books.Open(EntryKind.Grant, at);
        var id = new ThingId(books.Sequence);
        books.Grants.Add(new ModelGrant
        {
            Id = id,
            Amount = input.Amount,
            Bucket = input.Bucket ?? Words.Spell(input.Kind),
            Kind = input.Kind,
            IsFree = input.Kind is GrantKind.Promotional or GrantKind.Bonus,
            Priority = input.Priority,
            EffectiveAt = effectiveAt,
            ExpiresAt = input.ExpiresAt,
            CostBasis = input.CostBasis,
        });
        books.Post(null, Pool.Issued, -input.Amount);
        books.Post(id, effectiveAt > at ? Pool.Pending : Pool.Remaining, input.Amount);
        return books.Write(id, input.Amount);
    }

    public Outcome Void(long now, ThingId grant, bool clawBackUsed = false) =>
        Decide(now, at => DecideVoid(at, grant, clawBackUsed));

    private Outcome DecideVoid(long at, ThingId id, bool clawBackUsed)
    {
        if (books.FindGrant(id) is not { } grant) return Refusals.NotFound;
        if (grant.IsVoided) return RepeatedVoid(grant, clawBackUsed);

        books.Open(EntryKind.GrantVoided, at);
        var moved = VoidUnspent(grant);
        if (clawBackUsed)
        {
            books.Owe(grant.Used);
            books.Replace(books.Grant(id) with
            {
                ClawedBack = true,
                ClawBackDebt = grant.Used > 0 ? books.Sequence : null,
            });
        }

        return books.Write(id, moved);
    }

    /// <summary>DESIGN.md, Idempotency: the same call again gives the first answer, a different one 409.</summary>
    private static Outcome RepeatedVoid(ModelGrant grant, bool clawBackUsed) =>
        clawBackUsed == grant.ClawedBack ? new Outcome.Unchanged() : Refusals.Conflict(GrantStatus.Voided);

    private BigInteger VoidUnspent(ModelGrant grant)
    {
        books.Move(grant.Id, Pool.Remaining, Pool.Voided, grant.Remaining);
        books.Move(grant.Id, Pool.Pending, Pool.Voided, grant.Pending);
        books.Replace(books.Grant(grant.Id) with { IsVoided = true });
        return grant.Remaining + grant.Pending;
    }
}
