using System.Numerics;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Model;
using ThingId = Tallystick.Model.ThingId;

namespace Tallystick.Core.Tests;

/// <summary>One command in both languages.</summary>
internal sealed record Twin(string Text, AccountCommand Real, Func<ModelAccount, long, Outcome> Model);

/// <summary>
/// Draws commands that mostly make sense for the account as it stands. Amounts and times are small on purpose, so that
/// whatever is due at one instant, used up exactly or a millionth short gets met.
/// </summary>
internal sealed class Commands(Random random)
{
    public const long MaxHoldLifetime = 60;
    public const long RefundGrace = 25;

    public Twin Next(ModelAccount account, long now) => random.Next(1_000) switch
    {
        < 190 => Grant(now),
        < 360 => Charge(account),
        < 500 => Hold(account, now),
        < 660 => Capture(account),
        < 700 => Release(account),
        < 740 => Extend(account, now),
        < 880 => Refund(account),
        < 920 => Void(account),
        < 940 => Overdraft(),
        < 955 => new("suspend", new AccountCommand.SuspendAccount(), (one, at) => one.Suspend(at)),
        < 970 => new("settle", new AccountCommand.SettleDue(), (one, at) => one.Settle(at)),
        < 998 => new("reactivate", new AccountCommand.ReactivateAccount(), (one, at) => one.Reactivate(at)),
        _ => Close(),
    };

    private Twin Grant(long now)
    {
        var kind = random.Next(8);
        var model = new GrantInput
        {
            Amount = Amount(80), Kind = (Model.GrantKind)kind, Bucket = Chance(50) ? "monthly" : null,
            Priority = 100 + random.Next(-1, 2),
            EffectiveAt = Chance(30) ? now + random.Next(-20, 60) : null,
            ExpiresAt = Chance(60) ? now + random.Next(0, 120) : null,
            CostBasis = Chance(20) ? Amount(9) : null,
        };
        var real = new AccountCommand.GiveCredits
        {
            Amount = Micros(model.Amount), Kind = (Journal.GrantKind)(kind + 1),
            Bucket = model.Bucket ?? Words.Spell(model.Kind), Priority = model.Priority,
            EffectiveAt = Time(model.EffectiveAt), ExpiresAt = Time(model.ExpiresAt),
            CostBasis = model.CostBasis?.ToString(),
        };
        return new($"grant {model}", real, (one, at) => one.Grant(at, model));
    }

    private Twin Charge(ModelAccount account)
    {
        var amount = Affordable(account);
        return new($"charge {amount}", new AccountCommand.ChargeCredits(Demand.Of(Micros(amount)), null),
            (one, at) => one.Charge(at, amount));
    }

    private Twin Hold(ModelAccount account, long now)
    {
        var amount = Affordable(account);
        var absolute = Chance(50);
        var model = absolute
            ? new HoldInput { Amount = amount, ExpiresAt = now + random.Next(0, 65) }
            : new HoldInput { Amount = amount, ExpiresInMicroseconds = random.Next(1, 30) };
        var real = new AccountCommand.PlaceHold
        {
            Demand = Demand.Of(Micros(amount)), ExpiresAt = Time(model.ExpiresAt),
            ExpiresIn = new(model.ExpiresInMicroseconds ?? 0),
        };
        return new($"hold {model}", real, (one, at) => one.Hold(at, model));
    }

    private Twin Capture(ModelAccount account)
    {
        var hold = Recent(account.Holds.Select(one => one.Id));
        var mode = random.Next(3);
        var model = new CaptureInput
        {
            Amount = Chance(10) ? 0 : Amount(60), Final = Chance(60), Mode = (Model.CaptureMode)mode,
        };
        var real = new AccountCommand.CaptureHold
        {
            Hold = Number(hold), Demand = Demand.Of(Micros(model.Amount)), Final = model.Final,
            Mode = (Journal.CaptureMode)(mode + 1),
        };
        return new($"capture {hold} {model}", real, (one, at) => one.Capture(at, hold, model));
    }

    private Twin Release(ModelAccount account)
    {
        var hold = Recent(account.Holds.Select(one => one.Id));
        return new($"release {hold}", new AccountCommand.ReleaseHold(Number(hold)), (one, at) => one.Release(at, hold));
    }

    private Twin Extend(ModelAccount account, long now)
    {
        var hold = Recent(account.Holds.Where(one => one.Status == Model.HoldStatus.Held).Select(one => one.Id));
        var present = account.Holds.FirstOrDefault(one => one.Id == hold)?.ExpiresAt;
        var end = Chance(10) && present is { } same ? same : now + random.Next(0, 60);
        return new($"extend {hold} to {end}", new AccountCommand.ExtendHold(Number(hold), new(end)),
            (one, at) => one.Extend(at, hold, end));
    }

    private Twin Refund(ModelAccount account)
    {
        var charge = Recent(account.Charges.Select(one => one.Id));
        BigInteger? amount = Chance(40) ? null : Amount(25);
        return new($"refund {charge} {amount}",
            new AccountCommand.RefundCharge(Number(charge), amount is { } some ? Micros(some) : null, null),
            (one, at) => one.Refund(at, charge, amount));
    }

    private Twin Void(ModelAccount account)
    {
        var grant = Recent(account.Grants.Select(one => one.Id));
        var clawBack = Chance(60);
        return new($"void {grant} {clawBack}", new AccountCommand.VoidGrant(Number(grant), clawBack),
            (one, at) => one.Void(at, grant, clawBack));
    }

    private Twin Overdraft()
    {
        var limit = Amount(60) - 1;
        return new($"overdraft {limit}", new AccountCommand.PutAccount("acme") { OverdraftLimit = Micros(limit) },
            (one, at) => one.SetOverdraft(at, limit));
    }

    private Twin Close()
    {
        var release = Chance(50);
        return new($"close {release}", new AccountCommand.CloseAccount(release), (one, at) => one.Close(at, release));
    }

    private BigInteger Affordable(ModelAccount account) =>
        Chance(15) ? BigInteger.Max(1, account.Check(account.LastAt, 1).AffordableAmount) : Amount(40);

    /// <summary>Mostly one of the last, sometimes any, seldom one that does not exist.</summary>
    private ThingId Recent(IEnumerable<ThingId> ids)
    {
        var all = ids.ToList();
        if (all.Count == 0 || Chance(2)) return new(1_000_000);
        return all[Chance(80) ? random.Next(Math.Max(0, all.Count - 8), all.Count) : random.Next(all.Count)];
    }

    private BigInteger Amount(int most) => random.Next(1, most + 1);
    private bool Chance(int percent) => random.Next(100) < percent;
    private static Money.CreditAmount Micros(BigInteger amount) => new((long)amount);
    private static ThingNumber Number(ThingId id) => new(id.Sequence, id.Ordinal);
    private static Instant? Time(long? micros) => micros is { } some ? new Instant(some) : null;
}
