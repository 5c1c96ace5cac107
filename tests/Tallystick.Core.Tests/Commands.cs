using System.Collections.Immutable;
using System.Numerics;
using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Imports;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Time;
using Tallystick.Model;
using Xunit;
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
    private int _versions;

    /// <summary>Also corrections of prices, which are by no version that any project has recorded.</summary>
    public bool Corrects { get; init; }

    public Twin Next(ModelAccount account, long now)
    {
        // Another system's books come first, if they come.
        var last = account.Journal[^1].Kind;
        return (last == EntryKind.AccountOpened && Chance(30)) || (last == EntryKind.HistoryImported && Chance(85))
            ? Chance(75) ? History() : Balance()
            : Any(account, now);
    }

    private Twin Any(ModelAccount account, long now) => random.Next(1_000) switch
    {
        < 190 => Grant(now),
        < 360 => Charge(account),
        < 500 => Hold(account, now),
        < 660 => Capture(account),
        < 700 => Release(account),
        < 740 => Extend(account, now),
        < 840 => Refund(account),
        < 880 => Corrects ? Correct(account) : Refund(account),
        < 920 => Void(account),
        < 940 => Overdraft(),
        < 955 => new("suspend", new AccountCommand.SuspendAccount(), (one, at) => one.Suspend(at)),
        < 970 => new("settle", new AccountCommand.SettleDue(), (one, at) => one.Settle(at)),
        < 973 => History(),
        < 975 => Balance(),
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

    private Twin Correct(ModelAccount account)
    {
        var (charge, total) = (Recent(account.Charges.Select(one => one.Id)), Amount(60) - 1);
        var fellShort = account.Charges.Any(one => one.Id == charge && one.Shortfall > 0);
        var rated = new RatedCharge(Number(charge), CostOf(0), default, fellShort);
        var real = new AccountCommand.CorrectCharge(rated) { Priced = CostOf(total) };
        return new($"correct {charge} to {total}", real, (one, at) => one.Correct(at, charge, total));
    }

    /// <summary>By a version that was never there before, all of it the platform's.</summary>
    private PricedUsage CostOf(BigInteger total)
    {
        Assert.True(Cost.TryRound(
            new(++_versions, 1), Money.ExactDecimal.One, [], Money.ExactDecimal.From(total, 6), null, out var cost));
        return new(new() { Model = "m" }, default, cost);
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

    private Twin History()
    {
        var amount = random.Next(-30, 40);
        var first = random.Next(0, Math.Max(1, -amount));
        var split = amount >= 0 || Chance(30) ? []
            : Shares(("monthly", first), ("addon", -amount - first - (Chance(3) ? 1 : 0)));
        var row = new EntryBody.HistoryImported
        {
            Table = "ledger", RowId = $"{random.Next()}", OccurredAt = new(5), Amount = new(amount),
            Split = Parts(split),
        };
        return new($"history {amount} {string.Join(' ', split)}", new AccountCommand.ImportHistory(row),
            (one, at) => one.ImportHistory(at, amount, split));
    }

    private Twin Balance()
    {
        string[] names = Chance(80) ? ["monthly", "addon"] : ["monthly"];
        var buckets = names.Select(name => new BucketShare(name, random.Next(60))).ToList();
        BigInteger owed = Chance(30) ? random.Next(90) : 0;
        var jobs = Enumerable.Range(0, random.Next(3))
            .Select(_ => Shares(("monthly", random.Next(20)), (Chance(90) ? names[^1] : "bonus", random.Next(20))))
            .ToList();
        var real = new AccountCommand.ImportBalance("002")
        {
            Stated = default, Owed = Micros(owed),
            Buckets = [.. buckets.Select(one => new OpeningBucket(one.Bucket, Micros(one.Amount), 50, null))],
            Jobs = [.. jobs.Select((job, i) => new OpenJob($"j{i}", new(1, new(1)), Parts(job)))],
        };
        return new($"balance {string.Join(' ', buckets)} owed {owed}, {jobs.Count} jobs", real,
            (one, at) => one.ImportBalance(at, buckets, owed, jobs));
    }

    private static List<BucketShare> Shares(params (string Bucket, int Amount)[] parts) =>
        [.. from part in parts where part.Amount != 0 select new BucketShare(part.Bucket, part.Amount)];

    private static ImmutableArray<BucketPart> Parts(IEnumerable<BucketShare> parts) =>
        [.. parts.Select(part => new BucketPart(part.Bucket, Micros(part.Amount)))];

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
