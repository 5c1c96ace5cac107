using Tallystick.Core.Accounts;
using Tallystick.Core.Explanations;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Xunit;

namespace Tallystick.Core.Tests;

/// <summary>
/// Explanations of real entries: the figures are the fold's, and the words name the rule that decided.
/// </summary>
public sealed class ExplainerTests
{
    private readonly RealAccount _account = new(ProjectSettings.Default, overdraftLimit: 5_000_000);

    [Fact]
    public void A_charge_names_what_it_took_in_order_what_it_passed_over_and_why()
    {
        Grant(10, priority: 100, expiresAt: 2_000);
        Grant(20, priority: 50);
        Grant(30, effectiveAt: 5_000);
        Grant(40, priority: 200);

        var explained = Execute(new AccountCommand.ChargeCredits(Demand.Of(Credits(25)), null));

        Assert.Equal([1, 2, 3, 4], explained.Grants.Select(step => step.Position ?? 0));
        Assert.Equal([3L, 2, 4, 5], explained.Grants.Select(step => step.Grant.Sequence));
        Assert.Equal([Credits(20), Credits(5), default, default], explained.Grants.Select(step => step.Amount));
        Assert.Equal([default, Credits(5), default, Credits(40)], explained.Grants.Select(step => step.RemainingAfter));
        Assert.Contains("priority 50 before 100", explained.Grants[0].Why);
        Assert.Contains("it expires sooner", explained.Grants[1].Why);
        Assert.Contains("becomes spendable at", explained.Grants[2].Why);
        Assert.Contains("the grants before it were enough", explained.Grants[3].Why);
        Assert.Equal(new(Credits(70), default, Credits(70), default), explained.Before);
        Assert.Equal(new(Credits(45), default, Credits(45), default), explained.After);
        Assert.Equal("25.000000 was charged.", explained.Sentences[0]);
        Assert.Contains("70.000000 was available and the account may owe up to 5.000000", explained.Sentences[1]);
    }

    [Fact]
    public void What_no_grant_covers_is_said_to_be_owed_and_what_pays_it_is_named()
    {
        Grant(10);
        var charge = Execute(new AccountCommand.ChargeCredits(Demand.Of(Credits(12)), null));
        Assert.Contains("2.000000 was covered by no grant and is owed.", charge.Sentences);
        Assert.Equal(Credits(2), charge.After.Debt);

        var grant = Execute(new AccountCommand.GiveCredits
        {
            Amount = Credits(3), Kind = GrantKind.Purchase, Bucket = "addon",
        });

        var step = Assert.Single(grant.Grants);
        Assert.Equal("3.000000 given, 2.000000 used to pay what was owed", step.Why);
        Assert.Equal(Credits(1), step.RemainingAfter);
        Assert.Null(step.Position);
        var owed = ThingId.Format(ThingId.Transaction, _account.Key, charge.Entry.Number);
        Assert.Contains($"2.000000 owed for {owed} was paid.", grant.Sentences);
    }

    [Fact]
    public void A_refund_of_a_used_up_grant_tells_how_much_of_the_charge_is_back()
    {
        Grant(10);
        var charge = Execute(new AccountCommand.ChargeCredits(Demand.Of(Credits(10)), null)).Entry.Number;
        Execute(new AccountCommand.RefundCharge(charge, Credits(4), null));

        var explained = Execute(new AccountCommand.RefundCharge(charge, Credits(3), null));

        Assert.Contains("7.000000 of 10.000000 has been refunded with this", explained.Sentences[0]);
        Assert.Equal((Credits(4), Credits(7)),
            (Assert.Single(explained.Grants).RemainingBefore, explained.Grants[0].RemainingAfter));
    }

    [Fact]
    public void Every_entry_of_random_accounts_is_explained_with_the_figures_of_the_fold()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var seen = new HashSet<string>();
        for (var i = 0; i < 60; i++)
        {
            var commands = new Commands(random);
            var model = new Model.ModelAccount(0, new()
            {
                RefundGraceMicroseconds = Commands.RefundGrace, MaxHoldLifetimeMicroseconds = Commands.MaxHoldLifetime,
            }, 30);
            var real = new RealAccount(
                new(new(Commands.RefundGrace), new(Commands.MaxHoldLifetime)), overdraftLimit: 30);
            for (var now = 0L; now < 250; now++)
            {
                var twin = commands.Next(model, now);
                twin.Model(model, now);
                real.Execute(twin.Real, now);
            }
            Assert.All(ExplainAll(real), explained =>
            {
                seen.Add(explained.Entry.Body.Word);
                Assert.Equal(explained.Entry.BalanceAfter, explained.After.Balance);
                Assert.Equal(explained.Entry.AvailableAfter, explained.After.Available);
                Assert.All(explained.Sentences, Assert.NotEmpty);
                var change = explained.Grants.Sum(step => (step.RemainingAfter - step.RemainingBefore).Micros);
                Assert.Equal(
                    (explained.After.Available + explained.After.Debt
                        - explained.Before.Available - explained.Before.Debt).Micros
                    + Reserved(explained), change);
            });
        }
        Assert.Equal(18, seen.Count);
    }

    /// <summary>By how much the reserved overdraft grew.</summary>
    private static long Reserved(Explanation explained) => explained.Entry.Moves.Sum(move => move.Kind switch
    {
        MoveKind.Reserve => move.Amount.Micros,
        MoveKind.Unreserve or MoveKind.SpendReserved => -move.Amount.Micros,
        _ => 0,
    });

    private void Grant(long credits, int priority = 100, long? effectiveAt = null, long? expiresAt = null) =>
        Execute(new AccountCommand.GiveCredits
        {
            Amount = Credits(credits), Kind = GrantKind.Purchase, Bucket = "addon", Priority = priority,
            EffectiveAt = effectiveAt is { } from ? new Instant(from) : null,
            ExpiresAt = expiresAt is { } until ? new Instant(until) : null,
        });

    private Explanation Execute(AccountCommand command)
    {
        Assert.IsType<Decision.Accepted>(_account.Execute(command, 0));
        return ExplainAll(_account).Last();
    }

    private static List<Explanation> ExplainAll(RealAccount account)
    {
        var explanations = new List<Explanation>();
        var records = new LoadedRecords();
        AccountState? state = null;
        foreach (var entry in account.Journal)
        {
            Explanation? explained;
            while ((explained = Explainer.Explain(state, entry, records, out var missing)) is null)
                foreach (var key in missing) records.Add(key, First(account, key));
            explanations.Add(explained);
            var (next, changed) = AccountRules.Fold(state, entry, records, out _);
            foreach (var record in changed) records.Add(record.Key, record);
            state = (AccountState)next;
        }
        return explanations;
    }

    private static Charges.Charge? First(RealAccount account, RecordKey key) =>
        key.Kind == RecordKind.Charge ? Charges.Charge.From(account.Journal[(int)key.Number.Sequence - 1].Entry) : null;

    private static CreditAmount Credits(long credits) => CreditAmount.FromCredits(credits);
}
