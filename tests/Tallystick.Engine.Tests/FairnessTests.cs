using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Engine.Lanes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>Many accounts on one lane: who waits for whom, and what is kept of them in memory.</summary>
public sealed class FairnessTests
{
    private const int AtOnce = 256;

    // Counted in commands, not in time: a busy machine is no unfair one.
    [Fact]
    public async Task An_account_that_everybody_charges_holds_up_no_other()
    {
        await using var ledger = Open(new MemoryStore(), new());
        foreach (var account in new[] { "hot", "cold" }) await OpenAsync(ledger, account);
        var (hot, isOver) = (0, false);
        var flood = Enumerable.Range(0, AtOnce).Select(client => Task.Run(async () =>
        {
            for (var i = 0; !Volatile.Read(ref isOver); i++)
            {
                Assert.IsType<Reply.Done>(await ChargeAsync(ledger, "hot", $"{client}-{i}"));
                Interlocked.Increment(ref hot);
            }
        })).ToArray();
        while (Volatile.Read(ref hot) < 10 * AtOnce) await Task.Yield();

        var passed = new List<int>();
        for (var i = 0; i < 100; i++)
        {
            var before = Volatile.Read(ref hot);
            Assert.IsType<Reply.Done>(await ChargeAsync(ledger, "cold", $"{i}"));
            passed.Add(Volatile.Read(ref hot) - before);
        }
        // Those that are in front of it, and those that are decided with it; now and then this thread itself is late.
        Assert.InRange(passed.Order().ElementAt(50), 0, 4 * AtOnce);
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(flood);
    }

    // Counted in commits, not in time.
    [Fact]
    public async Task A_project_that_asks_for_much_keeps_no_other_waiting_L2()
    {
        var gate = new TaskCompletionSource();
        var store = new MemoryStore();
        await using var ledger = Open(store, new() { BatchMax = 64 });
        foreach (var project in new[] { 1, 2 }) await OpenAsync(ledger, "acme", project);
        var projects = new List<int[]>();
        store.BeforeCommit = async batch =>
        {
            lock (projects) projects.Add([.. batch.Select(change => change.Key.Project)]);
            await gate.Task;
            return [];
        };
        var first = ChargeAsync(ledger, "acme", "first");
        while (true)
        {
            lock (projects) if (projects.Count == 1) break;
            await Task.Yield();
        }
        var flood = Enumerable.Range(0, 5_000).Select(i => ChargeAsync(ledger, "acme", $"{i}")).ToList();
        var other = ChargeAsync(ledger, "acme", "other", project: 2);
        gate.SetResult();
        await Task.WhenAll([first, other, .. flood]);
        Assert.Contains(2, projects[1]);
        Assert.InRange(projects.Count, 5_000 / 64, 5_000 / 64 + 3);
    }

    [Fact]
    public async Task What_one_project_has_filled_has_room_for_another_L2_I36()
    {
        var gate = new TaskCompletionSource();
        var store = new MemoryStore();
        await using var ledger = Open(store, new() { QueueMax = 128 });
        foreach (var project in new[] { 1, 2 }) await OpenAsync(ledger, "acme", project);
        var begun = new TaskCompletionSource();
        store.BeforeCommit = async _ =>
        {
            begun.TrySetResult();
            await gate.Task;
            return [];
        };
        var asked = new List<Task<Reply>> { ChargeAsync(ledger, "acme", "first") };
        await begun.Task;
        for (var i = 0; i < 128; i++) asked.Add(ChargeAsync(ledger, "acme", $"{i}"));
        await Assert.ThrowsAsync<OverloadedException>(() => ChargeAsync(ledger, "acme", "more"));
        for (var i = 0; i < 64; i++) asked.Add(ChargeAsync(ledger, "acme", $"{i}", project: 2));
        await Assert.ThrowsAsync<OverloadedException>(() => ChargeAsync(ledger, "acme", "more", project: 2));
        gate.SetResult();
        Assert.All(await Task.WhenAll(asked), reply => Assert.IsType<Reply.Done>(reply));
    }

    [Fact]
    public async Task The_projects_take_turns_each_in_its_own_order_and_a_mark_comes_after_all_before_it_L2()
    {
        var queue = new FairQueue(1_000);
        Ticket Of(int project, long number) =>
            new(new LedgerRequest { Chain = new(project, number), Account = new AccountCommand.SettleDue() });
        var mark = new Ticket(null);
        foreach (var (project, number) in new[] { (1, 1L), (1, 2L), (1, 3L), (2, 1L), (3, 1L), (2, 2L) })
            Assert.True(queue.TryWrite(Of(project, number)));
        Assert.True(queue.TryWrite(mark));
        Assert.True(queue.TryWrite(Of(4, 1)));
        Assert.True(queue.TryWrite(Of(1, 4)));
        var read = new List<string>();
        while (queue.TryRead(out var ticket))
            read.Add(ticket.Request is { Chain: var chain } ? $"{chain.Project}.{chain.Number}" : "mark");
        Assert.Equal(["1.1", "2.1", "3.1", "1.2", "2.2", "1.3", "mark", "4.1", "1.4"], read);
        var waiting = queue.WaitToReadAsync(default);
        Assert.False(waiting.IsCompleted);
        queue.TryWrite(mark);
        Assert.True(await waiting);
        queue.Complete();
        Assert.False(queue.TryWrite(mark));
        Assert.True(queue.TryRead(out _));
        Assert.False(await queue.WaitToReadAsync(default));
    }

    [Fact]
    public async Task States_leave_memory_and_come_back_as_they_were()
    {
        var (few, many) = (new MemoryStore(), new MemoryStore());
        await using var forgetful = Open(few, new() { CachedStatesMax = 2 });
        await using var mindful = Open(many, new());
        foreach (var ledger in new[] { forgetful, mindful })
        {
            for (var account = 0; account < 20; account++) await OpenAsync(ledger, $"a{account}");
            var random = new Random(3);
            for (var i = 0; i < 500; i++) await ChargeAsync(ledger, $"a{random.Next(20)}", $"{i}");
        }

        for (var account = 0; account < 20; account++)
        {
            var chain = ChainKey.OfAccount(1, $"a{account}");
            Assert.Equal(
                (await many.LoadAsync(chain, default))!.Encode(), (await few.LoadAsync(chain, default))!.Encode());
        }
    }

    [Fact]
    public void Of_the_states_in_memory_those_that_were_used_least_lately_leave()
    {
        var cache = new StateCache(capacity: 3);
        var states = States(5);
        foreach (var state in states[..3]) cache.Put(state);
        cache.Put(states[0]);
        foreach (var state in states[3..]) cache.Put(state);

        Assert.Equal(3, cache.Count);
        Assert.Equal([true, false, false, true, true], states.Select(state => cache.Peek(state.Key) is not null));
    }

    [Fact]
    public void As_many_states_are_remembered_as_were_asked_for()
    {
        const int Capacity = 5_000;
        var cache = new StateCache(Capacity);
        var states = States(Capacity + 1);
        foreach (var state in states[..Capacity]) cache.Put(state);
        Assert.All(states[..Capacity], state => Assert.Same(state, cache.Peek(state.Key)));

        cache.Put(states[^1]);
        Assert.Equal(Capacity, cache.Count);
        Assert.Equal(Capacity, states.Count(state => cache.Peek(state.Key) == state));
    }

    // Counted in looks that found it: on a busy machine both go on until there were enough.
    [Fact]
    public async Task Who_looks_for_a_state_is_never_shown_the_one_that_took_its_place()
    {
        var cache = new StateCache(capacity: 2);
        var states = States(3);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        ended.CancelAfter(TimeSpan.FromMinutes(2));
        var puts = Task.Run(() =>
        {
            for (var i = 0; !ended.IsCancellationRequested; i++) cache.Put(states[i % states.Length]);
        });
        var (looked, others) = (0, 0);
        while (looked < 300_000 && !ended.IsCancellationRequested)
        {
            if (cache.Peek(states[0].Key) is not AccountState found) continue;
            looked++;
            if (found.AccountId != states[0].AccountId) others++;
        }
        await ended.CancelAsync();
        await puts;

        Assert.Equal((300_000, 0), (looked, others));
    }

    private static AccountState[] States(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new AccountState
        {
            Key = ChainKey.OfAccount(1, $"a{i}"), AccountId = $"a{i}",
        }),
    ];

    private static Ledger Open(MemoryStore store, LaneOptions options) =>
        new(store, LedgerClock.Test(new Instant(1_000_000)), options, NullLogger<Ledger>.Instance);

    private static async Task OpenAsync(Ledger ledger, string account, int project = 1)
    {
        await AskAsync(ledger, account, new AccountCommand.PutAccount(account), null, project);
        await AskAsync(ledger, account, new AccountCommand.GiveCredits
        {
            Amount = CreditAmount.FromCredits(1_000_000), Kind = GrantKind.Purchase, Bucket = "purchase",
        }, "grant", project);
    }

    private static Task<Reply> ChargeAsync(Ledger ledger, string account, string key, int project = 1) =>
        AskAsync(ledger, account, new AccountCommand.ChargeCredits(Demand.Of(new CreditAmount(7)), null), key, project);

    private static Task<Reply> AskAsync(
        Ledger ledger, string account, AccountCommand command, string? key, int project = 1)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{account} {key}"))[..16];
        return ledger.ExecuteAsync(
            new()
            {
                Chain = ChainKey.OfAccount(project, account), AccountId = account, Account = command,
                Origin = new(key, [.. hash], default, [.. hash]),
            },
            default);
    }
}
