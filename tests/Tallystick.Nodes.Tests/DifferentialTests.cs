using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Ports;
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
        using (var audit = SqliteAudit.Open(folder)) Assert.Equal(Books.Verify(audit), Books.Verify(database));
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
        foreach (var account in Accounts) await node.OpenAsync(account, 0);
        var now = Start;
        for (var i = 0; i < Steps; i++)
        {
            if (random.Next(10) == 0)
                await AdvanceAsync(node, now = now.Plus(Duration.FromSeconds(random.Next(1, 4_000))));
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
                Hold = some.Number, Demand = Demand.Of(amount), Final = random.Next(2) == 0,
                Mode = (CaptureMode)random.Next(1, 4),
            }),
            (< 5, EntryBody.HoldPlaced) => (some.Account, new AccountCommand.ReleaseHold(some.Number)),
            (< 6, EntryBody.Charged or EntryBody.Captured) =>
                (some.Account, new AccountCommand.RefundCharge(some.Number, random.Next(2) == 0 ? null : amount, null)),
            (< 6, EntryBody.Granted) => (some.Account, new AccountCommand.VoidGrant(some.Number, random.Next(2) == 0)),
            (< 8, _) => (account, new AccountCommand.PlaceHold { Demand = Demand.Of(amount) }),
            _ => (account, new AccountCommand.ChargeCredits(Demand.Of(amount), random.Next(2) == 0 ? null : "ref")),
        };
    }

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
