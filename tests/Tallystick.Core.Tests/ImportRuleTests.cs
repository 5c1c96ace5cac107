using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Imports;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Xunit;

namespace Tallystick.Core.Tests;

/// <summary>What came from another system, command by command.</summary>
public sealed class ImportRuleTests(ITestOutputHelper output)
{
    private static readonly string[] Buckets = ["monthly", "addon", "bonus"];

    /// <summary>
    /// Whatever rows, balances, debts and jobs come: nothing moves before the balance; then there is what was stated,
    /// what jobs took is held, and each charge with a split gives back what its buckets gave, once.
    /// </summary>
    [Fact]
    public void Nothing_that_is_imported_moves_credits_twice_whatever_it_is_I40()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TALLY_SEED"), out var given) ? given
            : Random.Shared.Next();
        output.WriteLine($"TALLY_SEED={seed}");
        for (var round = 0; round < 300; round++) Try(new Random(seed + round));
    }

    [Fact]
    public void A_balance_comes_once_and_not_into_books_of_its_own_I40()
    {
        var account = Open();
        Done(account, Balance(5));
        Assert.IsType<Rejection.AccountConflict>(Refusal(account, Balance(5)));
        var own = Open();
        Done(own, new AccountCommand.GiveCredits
        {
            Amount = new(1), Kind = GrantKind.Purchase, Bucket = "purchase",
        });
        Assert.IsType<Rejection.AccountConflict>(Refusal(own, Balance(5)));
    }

    [Fact]
    public void A_split_that_is_not_the_amount_and_a_job_on_no_bucket_are_refused()
    {
        var account = Open();
        var row = Row(1, -10) with { Split = [new("monthly", new(9))] };
        Assert.IsType<Rejection.InvalidField>(Refusal(account, new AccountCommand.ImportHistory(row)));
        row = row with { Split = [new("monthly", new(5)), new("monthly", new(5))] };
        Assert.IsType<Rejection.InvalidField>(Refusal(account, new AccountCommand.ImportHistory(row)));
        var job = new OpenJob("j", new(1, new(1)), [new("elsewhere", new(1))]);
        Assert.IsType<Rejection.InvalidField>(Refusal(account, Balance(5) with { Jobs = [job] }));
        Assert.IsType<Rejection.LimitExceeded>(Refusal(account, Balance(5) with
        {
            HoldsExpireAt = new Instant(10).Plus(Duration.FromDays(400)),
        }));
    }

    private static void Try(Random random)
    {
        var account = Open();
        var rows = Enumerable.Range(1, random.Next(12)).Select(id => RandomRow(random, id)).ToList();
        foreach (var row in rows)
        {
            Done(account, new AccountCommand.ImportHistory(row));
            Assert.Equal((default, default), (account.State.Balance, account.State.Issued));
            if (row.IsCharge) Assert.IsType<Rejection.ChargeConflict>(Refund(account, account.State.Sequence, 1));
        }
        var command = RandomBalance(random);
        Done(account, command);

        var remaining = Sum(command.Buckets.Select(bucket => bucket.Remaining));
        Assert.Equal(remaining - command.Owed, account.State.Available);
        Assert.Equal(Sum(command.Jobs.Select(job => job.Amount)), account.State.Held);
        Assert.Equal(command.Jobs.Length, account.State.Holds.Length);
        for (var i = 0; i < command.Jobs.Length; i++)
            Assert.Equal(
                command.Jobs[i].Taken.Select(part => part.Amount),
                account.State.Holds[i].Open.Select(leg => leg.Amount));
        var opening = account.Journal.Select(one => one.Entry.Body).OfType<EntryBody.BalanceImported>().Single();
        Assert.Equal((rows.Count, Sum(rows.Select(row => row.Amount))), (opening.Rows, opening.Sum));
        GiveBack(account, rows, random);
        Assert.Equal(account.State.Encode(), account.Refold().State.Encode());
    }

    /// <summary>In one part or two; what is left over must be nothing.</summary>
    private static void GiveBack(RealAccount account, List<EntryBody.HistoryImported> rows, Random random)
    {
        var expected = account.State.Balance;
        for (var i = 0; i < rows.Count; i++)
        {
            if (!rows[i].IsCharge) continue;
            // The opening of the account is the first entry.
            var (charge, amount) = (i + 2L, -rows[i].Amount.Micros);
            if (rows[i].Split.IsEmpty)
            {
                Assert.IsType<Rejection.ChargeConflict>(Refund(account, charge, 1));
                continue;
            }
            var part = random.NextInt64(1, amount + 1);
            Assert.Null(Refund(account, charge, part));
            if (part < amount) Assert.Null(Refund(account, charge, null));
            Assert.IsType<Rejection.AlreadyRefunded>(Refund(account, charge, 1));
            expected += new CreditAmount(amount);
            Assert.Equal(expected, account.State.Balance);
        }
    }

    private static EntryBody.HistoryImported RandomRow(Random random, int id)
    {
        var amount = random.Next(-40, 60);
        if (amount >= 0 || random.Next(3) == 0) return Row(id, amount);
        var first = random.Next(0, -amount + 1);
        var parts = new[] { ("monthly", first), ("addon", -amount - first) }.Where(part => part.Item2 > 0);
        return Row(id, amount) with
        {
            Split = [.. parts.Select(part => new BucketPart(part.Item1, new(part.Item2)))],
        };
    }

    private static AccountCommand.ImportBalance RandomBalance(Random random)
    {
        var jobs = Enumerable.Range(0, random.Next(3)).Select(id => new OpenJob(
            $"j{id}", new(1, new(1)),
            [.. Buckets.Take(1 + random.Next(3)).Select(bucket => new BucketPart(bucket, new(1 + random.Next(20))))]));
        return new("000")
        {
            Stated = new(random.Next(100)), Owed = new(random.Next(3) == 0 ? random.Next(60) : 0), Jobs = [.. jobs],
            Buckets = [.. Buckets.Select(bucket => new OpeningBucket(bucket, new(random.Next(50)), 50, null))],
        };
    }

    private static AccountCommand.ImportBalance Balance(long micros) => new("000")
    {
        Stated = new(micros), Buckets = [new("monthly", new(micros), 50, null)],
    };

    private static EntryBody.HistoryImported Row(int id, long micros) => new()
    {
        Table = "ledger", RowId = $"{id}", OccurredAt = new(id), Amount = new(micros),
    };

    private static RealAccount Open() => new(ProjectSettings.Default);

    private static CreditAmount Sum(IEnumerable<CreditAmount> amounts) =>
        amounts.Aggregate(default(CreditAmount), (sum, amount) => sum + amount);

    private static void Done(RealAccount account, AccountCommand command) =>
        Assert.IsType<Decision.Accepted>(account.Execute(command, 10));

    private static Rejection Refusal(RealAccount account, AccountCommand command) =>
        Assert.IsType<Decision.Refused>(account.Execute(command, 10)).Rejection;

    private static Rejection? Refund(RealAccount account, long charge, long? micros) => (account.Execute(
        new AccountCommand.RefundCharge(new(charge, 0), micros is { } part ? new CreditAmount(part) : null, null), 10)
        as Decision.Refused)?.Rejection;
}
