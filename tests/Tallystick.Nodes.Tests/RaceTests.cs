using System.Globalization;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>Two nodes, one database, the same account at the same time.</summary>
public sealed class RaceTests(NodesFixture fixture, ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>TALLY_LAST_CREDIT_ROUNDS=n races n times.</summary>
    private static readonly int LastCreditRounds = int.Parse(
        Environment.GetEnvironmentVariable("TALLY_LAST_CREDIT_ROUNDS") ?? "1000", CultureInfo.InvariantCulture);

    private string _database = null!;
    private TestNode[] _nodes = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await fixture.Cluster.CreateDatabaseAsync();
        _nodes = await TestNode.StartPatientAsync(_database, 2);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task Of_a_thousand_spends_on_two_nodes_as_many_pass_as_there_are_credits_R1()
    {
        await _nodes[0].OpenAsync("acme", 100);
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 1_000).Select(i => _nodes[i % 2].ChargeAsync("acme", 1, $"r1-{i}")));

        Assert.Equal(100, replies.OfType<Reply.Done>().Count());
        Assert.Equal(900, replies.OfType<Reply.Refused>().Count());
        Assert.All(
            replies.OfType<Reply.Refused>(), reply => Assert.IsType<Rejection.InsufficientCredits>(reply.Rejection));
        Assert.Equal(default, (await _nodes[1].StateAsync("acme"))!.Available);
        Books.Verify(_database);
    }

    [Fact]
    public async Task The_last_credit_is_spent_once_however_often_two_nodes_race_for_it_Q8()
    {
        // Several accounts at once, as in life; each has one credit and a race of its own.
        await Parallel.ForEachAsync(
            Enumerable.Range(0, LastCreditRounds), new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (round, _) =>
            {
                var account = $"last-{round}";
                await _nodes[round % 2].OpenAsync(account, 1);
                var replies = await Task.WhenAll(Enumerable.Range(0, 64)
                    .Select(i => _nodes[i % 2].InsistAsync(account, TestNode.Charge(1), $"k{i}")));
                Assert.Single(replies.OfType<Reply.Done>());
                Assert.Equal(63, replies.OfType<Reply.Refused>().Count());
            });
        Books.Verify(_database);
        output.WriteLine($"{LastCreditRounds} rounds of 64, one of them each time");
    }

    [Fact]
    public async Task Sixty_four_twins_over_two_nodes_make_one_effect_and_one_answer_D1_I6()
    {
        await _nodes[0].OpenAsync("acme", 100);
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(i => _nodes[i % 2].ChargeAsync("acme", 7, "twin")));

        var done = replies.Cast<Reply.Done>().ToList();
        Assert.Single(done, reply => !reply.Replayed);
        Assert.Single(done.Select(reply => Convert.ToHexString(reply.Entry.Bytes)).Distinct());
        Assert.Equal(CreditAmount.FromCredits(93), (await _nodes[1].StateAsync("acme"))!.Available);
    }

    [Fact]
    public async Task One_key_with_many_meanings_over_two_nodes_is_claimed_by_one_of_them_D4_I7()
    {
        await _nodes[0].OpenAsync("acme", 1_000);
        var replies = await Task.WhenAll(
            Enumerable.Range(1, 32).Select(amount => _nodes[amount % 2].ChargeAsync("acme", amount, "same-key")));

        Assert.Single(replies.OfType<Reply.Done>());
        Assert.Equal(31, replies.OfType<Reply.KeyMismatch>().Count());
    }

    [Fact]
    public async Task A_key_of_one_node_is_found_by_the_other_before_any_balance_is_looked_at_I6()
    {
        await _nodes[0].OpenAsync("acme", 10);
        var first = (Reply.Done)await _nodes[0].ChargeAsync("acme", 10, "k");
        var again = (Reply.Done)await _nodes[1].ChargeAsync("acme", 10, "k");
        Assert.True(again.Replayed);
        Assert.Equal(first.Entry.Hash, again.Entry.Hash);
        Assert.IsType<Reply.KeyMismatch>(await _nodes[1].ChargeAsync("acme", 9, "k"));
        Assert.IsType<Reply.Refused>(await _nodes[1].ChargeAsync("acme", 10, "other"));
    }

    [Fact]
    public async Task What_one_node_has_acknowledged_every_node_shows_and_decides_by_I34_T1()
    {
        await _nodes[0].OpenAsync("acme", 0);
        for (var round = 1; round <= 100; round++)
        {
            var (writer, other) = (_nodes[round % 2], _nodes[(round + 1) % 2]);
            Assert.IsType<Reply.Done>(await writer.GrantAsync("acme", 1, $"g{round}"));
            Assert.Equal(CreditAmount.FromCredits(1), (await other.StateAsync("acme"))!.Available);
            // Neither may refuse by what it remembers, nor spend what is gone.
            Assert.IsType<Reply.Done>(await other.ChargeAsync("acme", 1, $"c{round}"));
            Assert.IsType<Reply.Refused>(await writer.ChargeAsync("acme", 1, $"d{round}"));
            Assert.Equal(default, (await writer.StateAsync("acme"))!.Available);
        }
        for (var i = 0; i < 20; i++)
        {
            await _nodes[i % 2].AskAsync($"new-{i}", TestNode.NewAccount($"new-{i}"));
            Assert.IsType<Reply.Done>(await _nodes[(i + 1) % 2].GrantAsync($"new-{i}", 1, "g"));
            Assert.NotNull(await _nodes[i % 2].StateAsync($"new-{i}"));
        }
        Books.Verify(_database);
    }

    [Fact]
    public async Task An_account_that_fifty_requests_open_at_once_is_opened_once_R4()
    {
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => _nodes[i % 2].AskAsync("new", TestNode.NewAccount("new"))));
        Assert.Single(replies.OfType<Reply.Done>());
        Assert.Equal(49, replies.OfType<Reply.Unchanged>().Count());
    }

    [Fact]
    public async Task Everything_mixed_on_a_few_accounts_leaves_books_that_hold_and_answers_that_are_in_them_R2()
    {
        var accounts = Enumerable.Range(0, 3).Select(i => $"mixed-{i}").ToArray();
        foreach (var account in accounts) await _nodes[0].OpenAsync(account, 500);
        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(client => MixAsync(client, accounts)));

        var entries = replies.SelectMany(one => one).OfType<Reply.Done>().Where(reply => !reply.Replayed).ToList();
        Assert.True(entries.Count > 200, $"only {entries.Count} commands passed");
        foreach (var account in accounts)
        {
            var journal = await _nodes[0].Store.ReadAsync(TestNode.ChainOf(account), 1, long.MaxValue, default);
            Assert.Equal(
                Enumerable.Range(1, journal.Count).Select(i => (long)i), journal.Select(one => one.Entry.Sequence));
            foreach (var reply in entries.Where(one => one.Entry.Entry.Chain == TestNode.ChainOf(account)))
                Assert.Equal(reply.Entry.Hash, journal[(int)reply.Entry.Entry.Sequence - 1].Hash);
        }
        Books.Verify(_database);
    }

    [Fact]
    public async Task A_hold_that_ends_by_itself_ends_once_whichever_node_notices_I17()
    {
        await _nodes[0].OpenAsync("acme", 100);
        var hold = new AccountCommand.PlaceHold
        {
            Demand = Demand.Of(CreditAmount.FromCredits(5)), ExpiresIn = Duration.FromSeconds(1),
        };
        for (var i = 0; i < 10; i++) Assert.IsType<Reply.Done>(await _nodes[i % 2].AskAsync("acme", hold, $"h{i}"));
        await Task.Delay(TimeSpan.FromSeconds(3));

        var entries = await _nodes[0].Store.ReadAsync(TestNode.ChainOf("acme"), 1, 100, default);
        Assert.Equal(10, entries.Count(one => one.Entry.Body is EntryBody.HoldExpired));
        Assert.Equal(CreditAmount.FromCredits(100), (await _nodes[1].StateAsync("acme"))!.Available);
        Books.Verify(_database);
    }

    [Fact]
    public async Task A_capture_and_a_release_of_one_hold_on_two_nodes_have_one_winner_R7()
    {
        await _nodes[0].OpenAsync("acme", 1_000);
        for (var round = 0; round < 50; round++)
        {
            var amount = CreditAmount.FromCredits(2);
            var placed = (Reply.Done)await _nodes[round % 2].AskAsync(
                "acme", new AccountCommand.PlaceHold { Demand = Demand.Of(amount) }, $"h{round}");
            var number = placed.Entry.Entry.Number;
            var both = await Task.WhenAll(
                _nodes[0].AskAsync(
                    "acme", new AccountCommand.CaptureHold { Hold = number, Demand = Demand.Of(amount) }),
                _nodes[1].AskAsync("acme", new AccountCommand.ReleaseHold(number)));
            Assert.Single(both.OfType<Reply.Done>());
            Assert.IsType<Rejection.HoldNotOpen>(Assert.Single(both.OfType<Reply.Refused>()).Rejection);
        }
        Books.Verify(_database);
    }

    private async Task<List<Reply>> MixAsync(int client, string[] accounts)
    {
        var random = new Random(client);
        var replies = new List<Reply>();
        var (holds, charges) = (new List<(string, ThingNumber)>(), new List<(string, ThingNumber)>());
        for (var i = 0; i < 40; i++)
        {
            var (node, account, key) = (
                _nodes[random.Next(2)], accounts[random.Next(accounts.Length)], $"mix-{client}-{i}");
            var amount = new CreditAmount(random.Next(1, 9_000_000));
            var kind = random.Next(6);
            Reply reply;
            if (kind == 0 && holds.Count > 0)
            {
                (account, var number) = holds[^1];
                holds.RemoveAt(holds.Count - 1);
                reply = await node.InsistAsync(
                    account, new AccountCommand.CaptureHold { Hold = number, Demand = Demand.Of(amount) });
            }
            else if (kind == 1 && charges.Count > 0)
            {
                (account, var number) = charges[random.Next(charges.Count)];
                reply = await node.InsistAsync(account, new AccountCommand.RefundCharge(number, amount, null), key);
            }
            else if (kind == 2) reply = await node.InsistAsync(account, TestNode.Grant(random.Next(1, 20)), key);
            else if (kind == 3)
            {
                reply = await node.InsistAsync(
                    account, new AccountCommand.PlaceHold { Demand = Demand.Of(amount) }, key);
                if (reply is Reply.Done hold) holds.Add((account, hold.Entry.Entry.Number));
            }
            else
            {
                reply = await node.InsistAsync(
                    account, new AccountCommand.ChargeCredits(Demand.Of(amount), $"ref-{i % 3}"), key);
                if (reply is Reply.Done charge) charges.Add((account, charge.Entry.Entry.Number));
            }
            replies.Add(reply);
        }
        return replies;
    }
}
