using System.Globalization;
using Xunit;

namespace Tallystick.Model.Tests;

/// <summary>TALLY_SEED=n runs a seed again; without it each run draws its own and prints it.</summary>
public sealed class RandomRunTests(ITestOutputHelper output)
{
    private const int AccountCount = 40;
    private const int CommandsPerAccount = 500;

    private static readonly ModelSettings Settings = new()
    {
        RefundGraceMicroseconds = 25,
        MaxHoldLifetimeMicroseconds = RandomCommands.MaxHoldLifetime,
    };

    private readonly HashSet<string> seen = [];

    [Fact]
    public void Twenty_thousand_random_commands_keep_every_invariant()
    {
        var seed = PrintedSeed();
        var random = new Random(seed);
        for (var i = 0; i < AccountCount; i++)
        {
            var account = new ModelAccount(openedAt: 0, Settings, overdraftLimit: random.Next(60));
            var commands = new RandomCommands(random);
            long clock = 0;
            for (var step = 0; step < CommandsPerAccount; step++)
            {
                clock += random.Next(100) < 60 ? random.Next(6) : 0;
                var now = clock - (random.Next(100) < 5 ? random.Next(20) : 0); // callers' clocks jump back
                var command = commands.Next(account, now);
                var written = account.Journal.Count;
                try
                {
                    var outcome = command.Run(account, now);
                    account.CheckInvariants();
                    Assert.True(outcome is Outcome.Accepted || account.Journal.Count == written);
                    Note(account, outcome, written);
                }
                catch (Exception broken)
                {
                    var place = $"seed {seed}, account {i}, step {step} at {now}: {command.Text}";
                    throw new InvalidOperationException($"{place}\n{account.Describe()}", broken);
                }
            }
        }

        MustHaveSeenEverything();
    }

    [Fact]
    public void The_journal_is_the_same_whether_and_whenever_a_sweeper_ran()
    {
        var seed = PrintedSeed();
        var random = new Random(seed);
        var commands = new RandomCommands(random);
        for (var i = 0; i < 20; i++)
        {
            var plain = new ModelAccount(openedAt: 0, Settings, overdraftLimit: 30);
            var swept = new ModelAccount(openedAt: 0, Settings, overdraftLimit: 30);
            long clock = 0;
            for (var step = 0; step < 250; step++)
            {
                for (var pass = random.Next(4); pass > 0; pass--)
                {
                    clock += random.Next(5);
                    swept.Settle(clock);
                }

                var command = commands.Next(plain, clock);
                var name = $"seed {seed}, account {i}, step {step} at {clock}: {command.Text}";
                Assert.True(plain.Balance(clock) == swept.Balance(clock), name);
                Assert.True(Summary(command.Run(plain, clock)) == Summary(command.Run(swept, clock)), name);
            }

            plain.Settle(clock);
            swept.Settle(clock);
            Assert.Equal(plain.Describe(), swept.Describe());
        }
    }

    [Fact]
    public void A_check_foretells_the_charge()
    {
        var seed = PrintedSeed();
        var random = new Random(seed);
        var commands = new RandomCommands(random);
        for (var i = 0; i < 20; i++)
        {
            var account = new ModelAccount(openedAt: 0, Settings, overdraftLimit: 30);
            for (var step = 0; step < 200; step++)
            {
                var amount = random.Next(1, 60);
                var check = account.Check(step, amount);
                var outcome = account.Charge(step, amount);
                Assert.Equal(check.Allowed, outcome is Outcome.Accepted);
                Assert.Equal(check.Code, (outcome as Outcome.Refused)?.Code);
                if (outcome is Outcome.Refused { Available: { } available }) Assert.Equal(check.Available, available);
                if (outcome is Outcome.Accepted) account.Refund(step, outcome.Id);
                commands.Next(account, step).Run(account, step);
            }
        }
    }

    private int PrintedSeed()
    {
        var given = Environment.GetEnvironmentVariable("TALLY_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        output.WriteLine($"TALLY_SEED={seed}");
        return seed;
    }

    private static string Summary(Outcome outcome) => outcome switch
    {
        Outcome.Accepted accepted => $"entry {accepted.Entry.Sequence} at {accepted.Entry.At}",
        _ => outcome.ToString(),
    };

    private void Note(ModelAccount account, Outcome outcome, int written)
    {
        if (outcome is Outcome.Refused refused) seen.Add(refused.Code);
        if (outcome is Outcome.Unchanged) seen.Add("unchanged");
        foreach (var entry in account.Journal.Skip(written))
        {
            seen.Add(Words.Spell(entry.Kind));
            if (entry.Repayments.Count > 0) seen.Add($"{Words.Spell(entry.Kind)} pays debt");
            if (entry.Kind == EntryKind.Refund) seen.UnionWith(WaysOfRefund(entry));
        }

        if (outcome is Outcome.Accepted { Entry: { Kind: EntryKind.Capture } capture })
            seen.Add(account.Charges[^1] is { Shortfall.IsZero: false } ? "capped short" : "captured in full");
    }

    private static IEnumerable<string> WaysOfRefund(ModelEntry refund)
    {
        if (refund.Postings.Any(posting => posting.Grant?.Ordinal == 2)) yield return "two grants anew";
        var voided = refund.Postings.Any(posting => posting.Pool == Pool.Voided);
        var cancelled = refund.Postings.Any(posting => posting is { Pool: Pool.Debt, Amount.Sign: > 0 });
        if (voided) yield return "refund to a voided grant";
        if (cancelled) yield return "refund cancels debt";
        if (voided && cancelled) yield return "refund of what was clawed back";
    }

    /// <summary>A run that never met a case proves nothing about it.</summary>
    private void MustHaveSeenEverything()
    {
        string[] wanted =
        [
            .. Enum.GetValues<EntryKind>().Except([EntryKind.AccountOpened]).Select(kind => Words.Spell(kind)),
            "insufficient_credits", "account_suspended", "account_closed", "hold_not_open", "already_refunded",
            "conflict", "limit_exceeded", "not_found", "invalid_request", "unchanged",
            "grant pays debt", "grant_activated pays debt", "release pays debt", "hold_expired pays debt",
            "refund pays debt", "correction pays debt", "capture pays debt", "grant_voided pays debt",
            "capped short", "captured in full", "two grants anew",
            "refund to a voided grant", "refund cancels debt", "refund of what was clawed back",
        ];
        Assert.Empty(wanted.Except(seen));
    }
}
