using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tallystick.Core.Accounts;
using Tallystick.Core.Projects;
using Tallystick.Model;
using Xunit;

namespace Tallystick.Core.Tests;

/// <summary>
/// The ledger against the model that was written from the rules alone: same random commands, same answers, same books.
/// TALLY_SEED=n runs a seed again; TALLY_ACCOUNTS=n runs more.
/// </summary>
public sealed class ModelDifferentialTests(ITestOutputHelper output)
{
    private const int CommandsPerAccount = 250;
    private static readonly ProjectSettings Settings = new(new(Commands.RefundGrace), new(Commands.MaxHoldLifetime));
    private static readonly ModelSettings ModelSettings = new()
    {
        RefundGraceMicroseconds = Commands.RefundGrace, MaxHoldLifetimeMicroseconds = Commands.MaxHoldLifetime,
    };

    [Fact]
    public void A_hundred_thousand_random_commands_leave_the_same_books_as_the_model_I1_to_I5_and_I16_to_I22()
    {
        var seed = Number("TALLY_SEED") ?? Random.Shared.Next();
        var accounts = Number("TALLY_ACCOUNTS") ?? 400;
        output.WriteLine($"TALLY_SEED={seed}");
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < accounts; i++) RunOne(seed, i, outcomes);
        foreach (var (outcome, count) in outcomes) output.WriteLine($"{count,8} {outcome}");
        foreach (var expected in Expected) Assert.True(outcomes.ContainsKey(expected), $"never saw {expected}");
    }

    private static void RunOne(int seed, int index, SortedDictionary<string, int> outcomes)
    {
        var random = new Random(unchecked(seed * 31 + index));
        var commands = new Commands(random) { Corrects = true };
        var limit = random.Next(60);
        var model = new ModelAccount(0, ModelSettings, limit);
        var real = new RealAccount(Settings, overdraftLimit: limit);
        long clock = 0;
        for (var step = 0; step < CommandsPerAccount; step++)
        {
            clock += random.Next(100) < 60 ? random.Next(6) : 0;
            var now = clock - (random.Next(100) < 5 ? random.Next(20) : 0); // callers' clocks jump back
            var twin = commands.Next(model, now);
            var expected = Say(twin.Model(model, now));
            var answer = Say(twin.Real, real.Execute(twin.Real, now));
            outcomes[answer] = outcomes.GetValueOrDefault(answer) + 1;
            if (expected != answer
                || (step % 25 == 24 && Digest(model.Describe()) != Digest(Description.Describe(real))))
                Assert.Fail($"TALLY_SEED={seed} account {index} step {step} at {now}: {twin.Text}: " +
                    $"model {expected}, ledger {answer}\n{Difference(model.Describe(), Description.Describe(real))}");
        }
        Assert.Equal(Digest(model.Describe()), Digest(Description.Describe(real.Refold())));
    }

    private static string Say(Outcome outcome) => outcome switch
    {
        Outcome.Accepted accepted => Words.Spell(accepted.Entry.Kind),
        Outcome.Refused refused => refused.Code + (refused.Available is { } left ? "/" : ""),
        _ => "unchanged",
    };

    private static string Say(AccountCommand command, Decision decision) => decision switch
    {
        Decision.Accepted accepted => accepted.Entries[^1].Entry.Body.Word,
        Decision.Refused { Rejection: Rejection.InsufficientCredits } => "insufficient_credits/",
        Decision.Refused refused => refused.Rejection.Code,
        Decision.Repeats { Otherwise: Rejection.HoldNotOpen hold } =>
            command is AccountCommand.ReleaseHold && hold.Status == Holds.HoldStatus.Released ? "unchanged" : hold.Code,
        _ => "unchanged",
    };

    private static string Digest(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Difference(string model, string real)
    {
        var pairs = model.Split('\n').Zip(real.Split('\n')).Where(pair => pair.First != pair.Second).Take(4);
        return string.Join('\n', pairs.Select(pair => $"model  {pair.First}\nledger {pair.Second}"));
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static readonly string[] Expected =
    [
        "grant", "charge", "hold", "capture", "release", "hold_extended", "refund", "correction", "grant_voided",
        "account_changed", "account_suspended", "account_reactivated", "account_closed", "insufficient_credits/",
        "hold_not_open",
        "already_refunded", "account_closed", "account_suspended", "invalid_request", "limit_exceeded", "not_found",
        "conflict", "unchanged", "grant_expired", "hold_expired", "grant_activated",
        "history_imported", "balance_imported",
    ];
}
