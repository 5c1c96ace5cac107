namespace Tallystick.Model;

public sealed partial class ModelAccount
{
    public Outcome Hold(long now, HoldInput input)
    {
        if (input.Amount <= 0) return Refusals.InvalidAmount;
        if (input is { ExpiresAt: not null, ExpiresInMicroseconds: not null }) return Refusals.InvalidRequest;
        return Decide(now, at => DecideHold(at, input));
    }

    private Outcome DecideHold(long at, HoldInput input)
    {
        if (RefusedAdmission() is { } refusal) return refusal;
        var expiresAt = input.ExpiresAt
            ?? at + (input.ExpiresInMicroseconds ?? HoldInput.DefaultExpiresInMicroseconds);
        if (expiresAt <= at) return Refusals.InvalidRequest;
        if (expiresAt > at + settings.MaxHoldLifetimeMicroseconds) return Refusals.LimitExceeded;
        if (input.Amount > books.Affordable) return Insufficient(input.Amount);

        books.Open(EntryKind.Hold, at);
        var id = new ThingId(books.Sequence);
        var legs = TakeFromGrants(input.Amount, Pool.Held);
        var uncovered = input.Amount - Books.Total(legs);
        if (uncovered > 0)
        {
            books.Move(Pool.Line, Pool.Reserved, uncovered);
            legs.Add(new ModelLeg(null, uncovered));
        }

        books.Holds.Add(new ModelHold
        {
            Id = id,
            Amount = input.Amount,
            PlacedAt = at,
            ExpiresAt = expiresAt,
            OpenLegs = legs,
        });
        return books.Write(id, input.Amount);
    }

    public Outcome Release(long now, ThingId hold) => Decide(now, at =>
    {
        if (books.FindHold(hold) is not { } found) return Refusals.NotFound;
        return found.Status switch
        {
            HoldStatus.Released => new Outcome.Unchanged(),
            HoldStatus.Captured => Refusals.HoldNotOpen(found.Status),
            _ => WriteRelease(at, found),
        };
    });

    /// <summary>An expired hold has no open legs: nothing moves, but from now on it cannot be captured.</summary>
    private Outcome WriteRelease(long at, ModelHold hold)
    {
        books.Open(EntryKind.Release, at);
        var returned = GiveBack(hold.OpenLegs, at);
        books.Replace(hold with { Status = HoldStatus.Released, OpenLegs = [] });
        return books.Write(hold.Id, returned);
    }

    public Outcome Extend(long now, ThingId hold, long expiresAt) =>
        Decide(now, at => DecideExtend(at, hold, expiresAt));

    private Outcome DecideExtend(long at, ThingId id, long expiresAt)
    {
        if (books.FindHold(id) is not { } hold) return Refusals.NotFound;
        if (hold.Status != HoldStatus.Held) return Refusals.HoldNotOpen(hold.Status);
        if (expiresAt == hold.ExpiresAt) return new Outcome.Unchanged();
        if (expiresAt < hold.ExpiresAt) return Refusals.InvalidRequest;
        if (expiresAt > hold.PlacedAt + settings.MaxHoldLifetimeMicroseconds) return Refusals.LimitExceeded;

        books.Open(EntryKind.HoldExtended, at);
        books.Replace(hold with { ExpiresAt = expiresAt });
        return books.Write(id, amount: 0);
    }
}
