using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;
using Tallystick.Model;
using Tallystick.Server.Tests.Books;
using Tallystick.Server.Tests.Crashes;
using Tallystick.Store.Postgres;
using Tallystick.Testing;
using Xunit;
using Draw = Tallystick.Core.Tests.Commands;
using Twin = Tallystick.Core.Tests.Twin;

namespace Tallystick.Server.Tests.Models;

/// <summary>
/// Q6: the ledger over its real stores against the model that was written from the rules alone: many accounts at once,
/// the same random commands, the same answers and figures. TALLY_SEED=n runs a seed again, TALLY_MODEL_STEPS=n has n
/// commands of each account.
/// </summary>
public sealed class ModelStoreTests
{
    private const int Accounts = 200, EmbeddedSteps = 500, SharedSteps = 100;
    private static readonly ModelSettings Settings = new()
    {
        RefundGraceMicroseconds = Draw.RefundGrace, MaxHoldLifetimeMicroseconds = Draw.MaxHoldLifetime,
    };

    private readonly ITestOutputHelper _output;
    private readonly int _seed = CrashCycles.Number("TALLY_SEED") ?? Random.Shared.Next();

    public ModelStoreTests(ITestOutputHelper output)
    {
        _output = output;
        output.WriteLine($"TALLY_SEED={_seed}");
    }

    [Fact]
    public async Task A_hundred_thousand_commands_over_the_embedded_store_come_to_what_the_model_says_Q6()
    {
        using var folder = new BookFolder();
        await using (var books = folder.OpenAsServed(lanes: 2)) await RunAsync(books, EmbeddedSteps);
        Assert.Empty(folder.Verify().Faults);
    }

    [Fact]
    public async Task Twenty_thousand_commands_over_postgresql_come_to_the_same_as_over_the_embedded_store_Q6_I38()
    {
        await using var cluster = await PostgresCluster.StartOwnAsync();
        var database = await cluster.CreateDatabaseAsync();
        var store = await PostgresLedgerStore.OpenAsync(
            new()
            {
                Connection = database, Clock = PostgresStoreOptions.TestClock,
                CommitPatience = TimeSpan.FromSeconds(20), ReadPatience = TimeSpan.FromSeconds(20),
            },
            StoreFold.Next, default);
        await using (var books = new BookWriter(store)) await RunAsync(books, SharedSteps);
        using var folder = new BookFolder();
        await using (var books = folder.OpenAsServed(lanes: 2)) await RunAsync(books, SharedSteps);

        var faults = new List<AuditFault>();
        using var audit = PostgresAudit.Open(new() { Connection = database });
        var shared = StoreVerifier.Run(audit, new() { FindAll = true }, faults.Add);
        Assert.Empty(faults);
        Assert.Equal(folder.Verify().Result.Digest, shared.Digest);
    }

    /// <summary>In steps: a command of each account, decided together, and then some time.</summary>
    private async Task RunAsync(BookWriter books, int steps)
    {
        steps = CrashCycles.Number("TALLY_MODEL_STEPS") ?? steps;
        await books.ProjectAsync(new ProjectCommand.OpenProject("default"));
        await books.ProjectAsync(new ProjectCommand.ChangeSettings(new(Draw.RefundGrace), new(Draw.MaxHoldLifetime)));
        var accounts = new List<Pair>();
        for (var i = 0; i < Accounts; i++)
        {
            var pair = new Pair($"account-{i}", new(books.Now.Micros, Settings, 20), new(new(_seed + i)));
            await books.AskAsync(pair.Id, new AccountCommand.PutAccount(pair.Id) { OverdraftLimit = new(20) });
            accounts.Add(pair);
        }
        var (time, outcomes) = (new Random(_seed), new SortedDictionary<string, int>(StringComparer.Ordinal));
        for (var step = 0; step < steps; step++)
        {
            var now = books.Now.Micros;
            var asked = accounts.Select(pair => (pair, twin: pair.Commands.Next(pair.Model, now)))
                .Select(one => (one.pair, one.twin, reply: books.ReplyAsync(one.pair.Id, one.twin.Real))).ToList();
            foreach (var (pair, twin, reply) in asked)
            {
                var (expected, actual) = (Say(twin.Model(pair.Model, now)), Say(await reply));
                if (expected != actual && !IsSame(twin, expected, actual))
                    Assert.Fail(
                        $"TALLY_SEED={_seed} {pair.Id} step {step}: {twin.Text}: model {expected}, ledger {actual}");
                var word = actual.Split(' ')[0];
                outcomes[word] = outcomes.GetValueOrDefault(word) + 1;
            }
            if (time.Next(100) < 60) books.Pass(new Duration(time.Next(1, 6)));
        }
        // The sweeper may have come to some of what is due.
        foreach (var pair in accounts) await books.ReplyAsync(pair.Id, new AccountCommand.SettleDue());
        foreach (var (outcome, count) in outcomes) _output.WriteLine($"{count,8} {outcome}");
    }

    /// <summary>
    /// The model knows of no request that is repeated, or that another has made pointless, nor of others who enter what
    /// is due as the ledger's sweeper does.
    /// </summary>
    private static bool IsSame(Twin twin, string expected, string actual) => actual switch
    {
        "again" => expected is "unchanged" or "hold_not_open",
        "conflict" => twin.Real is AccountCommand.VoidGrant && expected == "unchanged",
        "hold_not_open" => twin.Real is AccountCommand.ReleaseHold && expected == "unchanged",
        "unchanged" => twin.Real is AccountCommand.SettleDue,
        _ => false,
    };

    private static string Say(Outcome outcome) => outcome switch
    {
        Outcome.Accepted { Entry: var entry } =>
            $"{Words.Spell(entry.Kind)} {entry.BalanceAfter} {entry.AvailableAfter}",
        Outcome.Refused refused => refused.Code,
        _ => "unchanged",
    };

    /// <summary>The very command that had ended a hold is answered as it was.</summary>
    private static string Say(Reply reply) => reply switch
    {
        Reply.Done { Replayed: true } => "again",
        Reply.Done { Entry.Entry: var entry } =>
            $"{entry.Body.Word} {entry.BalanceAfter.Micros} {entry.AvailableAfter.Micros}",
        Reply.Refused refused => refused.Rejection.Code,
        _ => "unchanged",
    };

    private sealed record Pair(string Id, ModelAccount Model, Draw Commands);
}
