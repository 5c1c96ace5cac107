using System.Numerics;

namespace Tallystick.Model.Tests;

/// <summary>One command, decided beforehand, so that it can be given to several accounts alike.</summary>
internal sealed record RandomCommand(string Text, Func<ModelAccount, long, Outcome> Run);

/// <summary>
/// Draws commands that mostly make sense for the account as it stands. Amounts and times are small numbers on
/// purpose: so they collide, and whatever is due at one instant, used up exactly or a millionth short gets met.
/// </summary>
internal sealed class RandomCommands(Random random)
{
    public const long MaxHoldLifetime = 60;

    public RandomCommand Next(ModelAccount account, long now)
    {
        // Another system's books come first, if they come.
        var last = account.Journal[^1].Kind;
        return (last == EntryKind.AccountOpened && Chance(30)) || (last == EntryKind.HistoryImported && Chance(85))
            ? Chance(75) ? History() : Balance()
            : Any(account, now);
    }

    private RandomCommand Any(ModelAccount account, long now) => random.Next(1_000) switch
    {
        < 190 => Grant(now),
        < 360 => Charge(account),
        < 500 => Hold(account, now),
        < 660 => Capture(account),
        < 700 => Release(account),
        < 740 => Extend(account, now),
        < 840 => Refund(account),
        < 880 => Correct(account),
        < 920 => Void(account),
        < 940 => Overdraft(),
        < 960 => new RandomCommand("suspend", (one, at) => one.Suspend(at)),
        < 997 => new RandomCommand("reactivate", (one, at) => one.Reactivate(at)),
        _ => Close(),
    };

    private RandomCommand History()
    {
        var amount = random.Next(-30, 40);
        var first = random.Next(0, Math.Max(1, -amount));
        var split = amount >= 0 || Chance(30) ? [] : Shares(("monthly", first), ("addon", -amount - first));
        return new RandomCommand($"history {amount}", (one, at) => one.ImportHistory(at, amount, split));
    }

    private RandomCommand Balance()
    {
        List<BucketShare> buckets = [new("monthly", random.Next(60)), new("addon", random.Next(60))];
        BigInteger owed = Chance(30) ? random.Next(90) : 0;
        var jobs = Enumerable.Range(0, random.Next(3))
            .Select(_ => Shares(("monthly", random.Next(1, 20)), ("addon", random.Next(20)))).ToList();
        return new RandomCommand($"balance, owed {owed}", (one, at) => one.ImportBalance(at, buckets, owed, jobs));
    }

    private static List<BucketShare> Shares(params (string Bucket, int Amount)[] parts) =>
        [.. from part in parts where part.Amount != 0 select new BucketShare(part.Bucket, part.Amount)];

    private RandomCommand Grant(long now)
    {
        var input = new GrantInput
        {
            Amount = Amount(80),
            Kind = Enum.GetValues<GrantKind>()[random.Next(8)],
            Bucket = Chance(50) ? "monthly" : null,
            Priority = 100 + random.Next(-1, 2),
            EffectiveAt = Chance(30) ? now + random.Next(-20, 60) : null,
            ExpiresAt = Chance(60) ? now + random.Next(0, 120) : null,
            CostBasis = Chance(20) ? Amount(9) : null,
        };
        return new RandomCommand($"grant {input}", (one, at) => one.Grant(at, input));
    }

    private RandomCommand Charge(ModelAccount account)
    {
        var amount = Chance(15) ? BigInteger.Max(1, account.Check(account.LastAt, 1).AffordableAmount) : Amount(40);
        return new RandomCommand($"charge {amount}", (one, at) => one.Charge(at, amount));
    }

    private RandomCommand Hold(ModelAccount account, long now)
    {
        var amount = Chance(15) ? BigInteger.Max(1, account.Check(account.LastAt, 1).AffordableAmount) : Amount(40);
        var input = Chance(50)
            ? new HoldInput { Amount = amount, ExpiresAt = now + random.Next(0, 65) }
            : new HoldInput { Amount = amount, ExpiresInMicroseconds = random.Next(1, 30) };
        return new RandomCommand($"hold {input}", (one, at) => one.Hold(at, input));
    }

    private RandomCommand Capture(ModelAccount account)
    {
        var hold = Recent(account.Holds.Select(one => one.Id));
        var input = new CaptureInput
        {
            Amount = Chance(10) ? 0 : Amount(60),
            Final = Chance(60),
            Mode = Enum.GetValues<CaptureMode>()[random.Next(3)],
        };
        return new RandomCommand($"capture {hold} {input}", (one, at) => one.Capture(at, hold, input));
    }

    private RandomCommand Release(ModelAccount account)
    {
        var hold = Recent(account.Holds.Select(one => one.Id));
        return new RandomCommand($"release {hold}", (one, at) => one.Release(at, hold));
    }

    private RandomCommand Extend(ModelAccount account, long now)
    {
        var hold = Recent(account.Holds.Where(one => one.Status == HoldStatus.Held).Select(one => one.Id));
        var present = account.Holds.FirstOrDefault(one => one.Id == hold)?.ExpiresAt;
        var end = Chance(10) && present is { } same ? same : now + random.Next(0, 60);
        return new RandomCommand($"extend {hold} to {end}", (one, at) => one.Extend(at, hold, end));
    }

    private RandomCommand Refund(ModelAccount account)
    {
        var charge = Recent(account.Charges.Select(one => one.Id));
        BigInteger? amount = Chance(40) ? null : Amount(25);
        return new RandomCommand($"refund {charge} {amount}", (one, at) => one.Refund(at, charge, amount));
    }

    private RandomCommand Correct(ModelAccount account)
    {
        var (charge, total) = (Recent(account.Charges.Select(one => one.Id)), Amount(60) - 1);
        return new RandomCommand($"correct {charge} to {total}", (one, at) => one.Correct(at, charge, total));
    }

    private RandomCommand Void(ModelAccount account)
    {
        var grant = Recent(account.Grants.Select(one => one.Id));
        var clawBack = Chance(60);
        return new RandomCommand($"void {grant} {clawBack}", (one, at) => one.Void(at, grant, clawBack));
    }

    private RandomCommand Overdraft()
    {
        var limit = Amount(60) - 1;
        return new RandomCommand($"overdraft {limit}", (one, at) => one.SetOverdraft(at, limit));
    }

    private RandomCommand Close()
    {
        var releaseHolds = Chance(50);
        return new RandomCommand($"close {releaseHolds}", (one, at) => one.Close(at, releaseHolds));
    }

    /// <summary>Mostly one of the last, sometimes any, seldom one that does not exist.</summary>
    private ThingId Recent(IEnumerable<ThingId> ids)
    {
        var all = ids.ToList();
        if (all.Count == 0 || Chance(2)) return new ThingId(1_000_000);
        return all[Chance(80) ? random.Next(Math.Max(0, all.Count - 8), all.Count) : random.Next(all.Count)];
    }

    private BigInteger Amount(int most) => random.Next(1, most + 1);

    private bool Chance(int percent) => random.Next(100) < percent;
}
