using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;
using Tallystick.Engine;
using Tallystick.Engine.Ports;
using Tallystick.Engine.Rerating;
using Tallystick.Engine.WhatIf;
using Tallystick.Store.Postgres;
using Tallystick.Store.Sqlite;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>
/// I38: the same operations through the real ledger on three stores. TALLY_SEED=n runs a seed again.
/// </summary>
public sealed class DifferentialTests(NodesFixture fixture, ITestOutputHelper output)
{
    private const int Steps = 250;
    private static readonly string[] Accounts = ["a", "b", "c", "d"];
    private static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task The_same_operations_leave_the_same_books_on_every_store_I38()
    {
        var given = Environment.GetEnvironmentVariable("TALLY_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        output.WriteLine($"TALLY_SEED={seed}");
        var folder = Directory.CreateTempSubdirectory("tally-nodes-").FullName;
        var database = await fixture.Cluster.CreateDatabaseAsync();
        var memory = new MemoryStore();
        await using (var embedded = Embedded(folder))
        await using (var shared = await SharedAsync(database))
        await using (var model = TestNode.Of(memory, Start))
        {
            var answers = await Task.WhenAll(
                RunAsync(model, seed), RunAsync(embedded, seed), RunAsync(shared, seed));
            Assert.Equal(answers[0], answers[1]);
            Assert.Equal(answers[0], answers[2]);
            foreach (var account in Accounts) await SameAsync(account, model.Store, embedded.Store, shared.Store);
        }
        using (var audit = SqliteAudit.Open(folder))
        using (var other = PostgresAudit.Open(new() { Connection = database }))
        {
            Assert.Equal(Books.Verify(audit), Books.Verify(other));
            Assert.Equal(WhatIf(audit), WhatIf(other));
        }
        Directory.Delete(folder, recursive: true);
    }

    private static TestNode Embedded(string folder) => TestNode.Of(
        SqliteLedgerStore.Open(new() { Folder = folder, Clock = SqliteStoreOptions.TestClock }, StoreFold.Next), Start);

    private static async Task<TestNode> SharedAsync(string database) => TestNode.Of(
        await PostgresLedgerStore.OpenAsync(
            TestNode.Patient(database) with { Clock = PostgresStoreOptions.TestClock }, StoreFold.Next, default),
        Start);

    private static async Task<List<string>> RunAsync(TestNode node, int seed)
    {
        var random = new Random(seed);
        var answers = new List<string>();
        var things = new List<(string Account, ThingNumber Number, EntryBody Body)>();
        await node.ProjectAsync(new ProjectCommand.OpenProject("default"));
        await PriceAsync(node, 3);
        foreach (var account in Accounts) await node.OpenAsync(account, 0);
        var now = Start;
        for (var i = 0; i < Steps; i++)
        {
            if (random.Next(10) == 0)
                await AdvanceAsync(node, now = now.Plus(Duration.FromSeconds(random.Next(1, 4_000))));
            if (random.Next(25) == 0) answers.Add(await CorrectAsync(node, random));
            var (account, command) = Next(random, things, now);
            // Some keys are used again, for the same and for something else.
            var key = random.Next(12) == 0 ? $"key-{random.Next(Steps)}" : $"key-{i}";
            var reply = await node.InsistAsync(account, command, key, TextOf(random, command, i));
            if (reply is Reply.Done done) things.Add((account, done.Entry.Entry.Number, done.Entry.Entry.Body));
            answers.Add(reply switch
            {
                Reply.Done one => Convert.ToHexString(one.Entry.Hash),
                Reply.Refused refused => refused.Rejection.ToString(),
                _ => reply.GetType().Name,
            });
        }
        return answers;
    }

    private static Task PriceAsync(TestNode node, long rate) => node.ProjectAsync(new ProjectCommand.PutPrices(
    [
        new()
        {
            Selector = new("acme", "m", null, []), EffectiveFrom = Start,
            Standard = new(RateTable.Of([new(Unit.Input, ExactDecimal.From(rate))]), []),
        },
    ]));

    /// <summary>Another price from the beginning on, and all that it is for again.</summary>
    private static async Task<string> CorrectAsync(TestNode node, Random random)
    {
        await PriceAsync(node, random.Next(1, 9));
        var query = new RerateQuery(Start, Instant.MaxValue, [], IsDry: false);
        var origin = new Origin(null, [], default, [.. new byte[16]]);
        var rerater = await node.Ledger.ReratingAsync(1, query, origin, static () => null, default);
        var sums = new List<string>();
        foreach (var account in Accounts)
        {
            var done = await rerater.RunAsync((await node.StateAsync(account))!, default);
            sums.Add($"{account} {done.Examined} {done.Corrected} {done.Charged} {done.Returned} {done.AllRefunded}");
        }
        return string.Join('\n', sums);
    }

    /// <summary>The last three quarters of it at twice the price, as text.</summary>
    private static string WhatIf(IStoreAudit audit)
    {
        var dearer = new Price
        {
            Selector = new("acme", "m", null, []),
            Standard = new(RateTable.Of([new(Unit.Input, ExactDecimal.From(20))]), []),
        };
        var result = WhatIfRun.Run(
            audit, new(1, Start.Plus(Duration.FromSeconds(10_000)), Instant.MaxValue) { Prices = [dearer] }, null)!;
        Assert.True(result.Total.Charged != result.Total.ChargedInFact);
        return string.Join(
            '\n',
            result.Models.Values.Append(result.ByAmount).Select(one =>
                $"{one.Events} {one.Charged} {one.Refunded} {one.Provider} {one.ChargedInFact} {one.RefusedAmount}")
                .Concat(result.RunOuts.Select(one => one.ToString())));
    }

    private static async Task AdvanceAsync(TestNode node, Instant to)
    {
        try
        {
            await node.Ledger.AdvanceAsync(to, default);
        }
        catch (StoreUnavailableException)
        {
            // The clock has moved; what is due is entered by the next command of its account, as it would have been.
        }
    }

    private static (string Account, AccountCommand Command) Next(
        Random random, List<(string Account, ThingNumber Number, EntryBody Body)> things, Instant now)
    {
        var account = Accounts[random.Next(Accounts.Length)];
        var amount = new CreditAmount(random.Next(1, 30_000_000));
        var some = things.Count == 0 ? default : things[random.Next(things.Count)];
        return (random.Next(10), some.Body) switch
        {
            _ when random.Next(25) == 0 => (account, new AccountCommand.EraseText()),
            _ when random.Next(15) == 0 => (account, new AccountCommand.PutAccount(account)
            {
                Changes = new(random.Next(2) == 0 ? $"name {random.Next(3)}" : null, $"{random.Next(3)}@x", null),
            }),
            (< 2, _) => (account, new AccountCommand.GiveCredits
            {
                Amount = amount, Kind = GrantKind.Promotional, Bucket = "bonus", Priority = random.Next(3),
                ExpiresAt = random.Next(2) == 0 ? null : now.Plus(Duration.FromSeconds(random.Next(1, 9_000))),
                ReferenceId = $"ref-{random.Next(4)}",
            }),
            (< 4, EntryBody.HoldPlaced) => (some.Account, new AccountCommand.CaptureHold
            {
                Hold = some.Number, Final = random.Next(2) == 0,
                Demand = random.Next(3) == 0 ? Demand.Of(Usage(random)) : Demand.Of(amount),
                Mode = (CaptureMode)random.Next(1, 4),
            }),
            (< 5, EntryBody.HoldPlaced) => (some.Account, new AccountCommand.ReleaseHold(some.Number)),
            (< 6, EntryBody.Charged or EntryBody.Captured) =>
                (some.Account, new AccountCommand.RefundCharge(some.Number, random.Next(2) == 0 ? null : amount, null)),
            (< 6, EntryBody.Granted) => (some.Account, new AccountCommand.VoidGrant(some.Number, random.Next(2) == 0)),
            (< 8, _) => (account, new AccountCommand.PlaceHold { Demand = Demand.Of(amount) }),
            _ => (account, new AccountCommand.ChargeCredits(
                random.Next(2) == 0 ? Demand.Of(amount) : Demand.Of(Usage(random)),
                random.Next(2) == 0 ? null : "ref")),
        };
    }

    private static MeteredUsage Usage(Random random) => new()
    {
        Provider = "acme", Model = "m", Quantities = [new(Unit.Input, ExactDecimal.From(random.Next(1, 5_000_000)))],
    };

    /// <summary>Free text for some; what a profile is made of comes with the command.</summary>
    private static EntryText? TextOf(Random random, AccountCommand command, int i)
    {
        ImmutableArray<byte> salt = [.. Enumerable.Repeat((byte)i, 16)];
        return command switch
        {
            AccountCommand.PutAccount => new(salt, []),
            AccountCommand.EraseText => null,
            _ => random.Next(3) == 0 ? new(salt, [.. Encoding.UTF8.GetBytes($$"""{"note":"{{i}}"}""")]) : null,
        };
    }

    private static async Task SameAsync(string account, params ILedgerStore[] stores)
    {
        var chain = TestNode.ChainOf(account);
        var journals = new List<string>();
        foreach (var store in stores)
        {
            var entries = await store.ReadAsync(chain, 1, long.MaxValue, default);
            var state = (await store.LoadAsync(chain, default))!;
            journals.Add(Convert.ToHexString(state.Encode()) + string.Concat(
                entries.Select(one => Convert.ToHexString(one.Hash)
                    + (one.Text is { } text ? Encoding.UTF8.GetString(text.Content.AsSpan()) : "-"))));
        }
        Assert.Single(journals.Distinct());
    }
}
