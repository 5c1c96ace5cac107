using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Usage;
using Tallystick.Core.Time;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>Turns over a store that keeps bytes and fails on demand.</summary>
public sealed class LedgerTests : IAsyncLifetime
{
    private static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly MemoryStore _store = new();
    private readonly Ledger _ledger;

    public LedgerTests() =>
        _ledger = new(_store, LedgerClock.Test(Start), new LaneOptions { QueueMax = 128 }, NullLogger<Ledger>.Instance);

    public async ValueTask InitializeAsync()
    {
        await Ask(new AccountCommand.PutAccount("acme"));
        await Ask(Grant(100), "first-grant");
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task A_lane_that_has_to_stop_leaves_nobody_without_an_answer()
    {
        var broken = new TaskCompletionSource();
        _store.BeforeCommit = async _ =>
        {
            await broken.Task;
            throw new StoreBrokenException("the journal cannot be written");
        };
        var first = Ask(Charge(1), "first");
        var behind = Enumerable.Range(0, 20).Select(i => Ask(Charge(1), $"behind-{i}")).ToList();
        broken.SetResult();

        foreach (var asked in behind.Append(first))
            await Assert.ThrowsAsync<StoreUnavailableException>(() => asked.WaitAsync(TimeSpan.FromSeconds(30)));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ask(Charge(1), "later"));
    }

    [Fact]
    public async Task A_mark_that_is_taken_with_what_stops_the_lane_is_answered_too()
    {
        var (reached, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        _store.BeforeCommit = async _ =>
        {
            if (reached.TrySetResult()) await gate.Task;
            else throw new StoreBrokenException("the journal cannot be written");
            return [];
        };
        var first = Ask(Charge(1), "first");
        await reached.Task;
        var second = Ask(Charge(1), "second");
        var mark = _ledger.AdvanceAsync(new(Start.Micros + 1), default);
        gate.SetResult();
        await first;
        foreach (var asked in new Task[] { second, mark })
            await Assert.ThrowsAsync<StoreUnavailableException>(() => asked.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task An_account_that_others_fight_over_says_nothing_of_the_store()
    {
        _store.IsShared = true;
        _store.BeforeCommit = batch => new(
            [.. batch.Select(change => change.Key).Where(key => key == ChainKey.OfAccount(1, "acme"))]);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ask(Charge(1), "in vain"));
        Assert.Null(await _ledger.FindFaultAsync(default));
    }

    [Fact]
    public async Task Prices_are_kept_until_the_store_was_away_I34()
    {
        await ProjectAsync(new ProjectCommand.OpenProject("default"));
        await ProjectAsync(new ProjectCommand.PutPrices([new()
        {
            Selector = new("acme", "m-*", null, []), Source = "today",
            Standard = new(RateTable.Of([new(Unit.Input, ExactDecimal.From(3))]), []),
        }]));
        var project = await _ledger.FindProjectAsync(1, default);
        var books = new PriceBooks(_store);
        _store.Asked = [];
        for (var i = 0; i < 6; i++)
        {
            await books.FindAsync(project, null, default);
            if (i == 3) _store.Interruptions++;
        }
        Assert.Equal(2, _store.Asked.Count(asked => asked == nameof(_store.ReadAsync)));
    }

    private Task<Reply> ProjectAsync(ProjectCommand command) => _ledger.ExecuteAsync(
        new()
        {
            Chain = ChainKey.OfProject(1), Project = command,
            Origin = new(null, [.. new byte[16]], default, [.. new byte[16]]),
        },
        default);

    [Fact]
    public async Task Commits_that_block_keep_no_thread_of_the_pool()
    {
        var threads = new ConcurrentBag<(bool IsPooled, int Id)>();
        _store.BeforeCommit = _ =>
        {
            threads.Add((Thread.CurrentThread.IsThreadPoolThread, Environment.CurrentManagedThreadId));
            return new([]);
        };
        // Each by itself, so that the lane has waited before it.
        for (var i = 0; i < 20; i++) await Ask(Charge(1), $"{i}");
        Assert.Equal(20, threads.Count);
        Assert.False(Assert.Single(threads.Distinct()).IsPooled);
    }

    [Fact]
    public async Task Sixty_four_twins_at_once_make_one_effect_and_one_answer_D1_I6()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Ask(Charge(7), "twin")));

        var done = replies.Cast<Reply.Done>().ToList();
        Assert.Single(done, reply => !reply.Replayed);
        Assert.Single(done.Select(reply => Convert.ToHexString(reply.Entry.Bytes)).Distinct());
        Assert.Equal(CreditAmount.FromCredits(93), (await State()).Available);
    }

    [Fact]
    public async Task One_key_with_thirty_two_meanings_at_once_is_claimed_by_one_of_them_D4_I7()
    {
        var replies = await Task.WhenAll(Enumerable.Range(1, 32).Select(amount => Ask(Charge(amount), "same-key")));

        Assert.Single(replies.OfType<Reply.Done>());
        Assert.Equal(31, replies.OfType<Reply.KeyMismatch>().Count());
    }

    [Fact]
    public async Task A_refusal_leaves_the_key_free_D2_I9()
    {
        var refused = Assert.IsType<Reply.Refused>(await Ask(Charge(101), "k"));
        Assert.Equal(new Rejection.InsufficientCredits(CreditAmount.FromCredits(101), CreditAmount.FromCredits(100)),
            refused.Rejection);

        Assert.IsType<Reply.Done>(await Ask(Charge(99), "k"));
    }

    [Fact]
    public async Task Of_two_hundred_spends_a_hundred_pass_and_nothing_is_overspent_R1()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 120).Select(i => Ask(Charge(1), $"r1-{i}")));

        Assert.Equal(100, replies.OfType<Reply.Done>().Count());
        Assert.Equal(20, replies.OfType<Reply.Refused>().Count());
        Assert.Equal(default, (await State()).Available);
    }

    [Fact]
    public async Task A_fault_of_the_store_changes_nothing_and_leaves_the_key_free_I11()
    {
        var failing = true;
        _store.BeforeCommit = _ => failing
            ? throw new StoreUnavailableException("disk full")
            : ValueTask.FromResult(ImmutableArray<ChainKey>.Empty);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ask(Charge(5), "k"));
        Assert.Equal(CreditAmount.FromCredits(100), (await State()).Available);
        failing = false;

        var done = Assert.IsType<Reply.Done>(await Ask(Charge(5), "k"));
        Assert.False(done.Replayed);
        Assert.Equal(CreditAmount.FromCredits(95), (await State()).Available);
    }

    [Fact]
    public async Task A_command_that_the_rules_break_on_fails_alone()
    {
        var broken = Ask(Grant(1) with { Bucket = null! }, "k");
        var charged = Ask(Charge(1), "beside it");

        Assert.IsNotType<StoreUnavailableException>(await Record.ExceptionAsync(() => broken));
        Assert.IsType<Reply.Done>(await charged);
        Assert.IsType<Reply.Done>(await Ask(Charge(1), "after it"));
        Assert.Equal(CreditAmount.FromCredits(98), (await State()).Available);
    }

    [Fact]
    public async Task Nobody_hears_before_the_commit_I10()
    {
        var gate = new TaskCompletionSource();
        _store.BeforeCommit = async _ =>
        {
            await gate.Task;
            return [];
        };
        var charge = Ask(Charge(5), "k");
        await Task.Delay(50, TestContext.Current.CancellationToken);

        Assert.False(charge.IsCompleted);
        Assert.Equal(CreditAmount.FromCredits(100), (await State()).Available);
        gate.SetResult();
        Assert.IsType<Reply.Done>(await charge);
    }

    [Fact]
    public async Task What_waits_is_bounded_and_the_rest_is_told_at_once_I36()
    {
        var gate = new TaskCompletionSource();
        _store.BeforeCommit = async _ =>
        {
            await gate.Task;
            return [];
        };
        var first = Ask(Charge(1), "first");
        await Task.Delay(50, TestContext.Current.CancellationToken);
        var waiting = Enumerable.Range(0, 128).Select(i => Ask(Charge(1), $"w{i}")).ToList();

        await Assert.ThrowsAsync<OverloadedException>(() => Ask(Charge(1), "one too many"));
        gate.SetResult();
        await first;
        await Task.WhenAll(waiting);
        Assert.True(_store.Commits <= 5, "what waited was not committed together");
    }

    [Fact]
    public async Task A_chain_that_another_node_moved_is_read_again_and_decided_again()
    {
        var conflicts = 2;
        _store.BeforeCommit = batch => ValueTask.FromResult(
            conflicts-- > 0 ? [batch[0].Key] : ImmutableArray<ChainKey>.Empty);

        Assert.IsType<Reply.Done>(await Ask(Charge(5), "k"));
        Assert.Equal(CreditAmount.FromCredits(95), (await State()).Available);
    }

    [Fact]
    public async Task A_final_capture_repeats_its_answer_and_refuses_another()
    {
        var ten = Demand.Of(CreditAmount.FromCredits(10));
        var hold = (Reply.Done)await Ask(new AccountCommand.PlaceHold { Demand = ten }, "h");
        var number = hold.Entry.Entry.Number;
        var capture = new AccountCommand.CaptureHold { Hold = number, Demand = Demand.Of(CreditAmount.FromCredits(4)) };
        var first = (Reply.Done)await Ask(capture);
        var again = (Reply.Done)await Ask(capture);
        var other = await Ask(capture with { Demand = Demand.Of(CreditAmount.FromCredits(5)) });

        Assert.True(again.Replayed);
        Assert.Equal(first.Entry.Hash, again.Entry.Hash);
        Assert.IsType<Rejection.HoldNotOpen>(Assert.IsType<Reply.Refused>(other).Rejection);
    }

    private static AccountCommand.GiveCredits Grant(long credits) => new()
    {
        Amount = CreditAmount.FromCredits(credits), Kind = GrantKind.Purchase, Bucket = "purchase",
    };

    private static AccountCommand.ChargeCredits Charge(long credits) =>
        new(Demand.Of(CreditAmount.FromCredits(credits)), null);

    private Task<Reply> Ask(AccountCommand command, string? key = null) => _ledger.ExecuteAsync(new()
    {
        Chain = ChainKey.OfAccount(1, "acme"), AccountId = "acme", Account = command,
        Origin = new(key, [.. SHA256.HashData(Encoding.UTF8.GetBytes(command.ToString()!))[..16]], default,
            new byte[16].ToImmutableArray()),
    }, TestContext.Current.CancellationToken);

    private async Task<AccountState> State() =>
        (AccountState)(await _ledger.LoadAsync(ChainKey.OfAccount(1, "acme"), TestContext.Current.CancellationToken))!;
}
