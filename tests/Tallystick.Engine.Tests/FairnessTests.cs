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

        for (var i = 0; i < 100; i++)
        {
            var before = Volatile.Read(ref hot);
            Assert.IsType<Reply.Done>(await ChargeAsync(ledger, "cold", $"{i}"));
            // Those that are in front of it, and those that are decided with it.
            Assert.InRange(Volatile.Read(ref hot) - before, 0, 4 * AtOnce);
        }
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(flood);
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
        AccountState[] states = [.. Enumerable.Range(0, 5).Select(i => new AccountState
        {
            Key = ChainKey.OfAccount(1, $"a{i}"), AccountId = $"a{i}",
        })];
        foreach (var state in states[..3]) cache.Put(state);
        cache.Put(states[0]);
        foreach (var state in states[3..]) cache.Put(state);

        Assert.Equal(3, cache.Count);
        Assert.Equal([true, false, false, true, true], states.Select(state => cache.Peek(state.Key) is not null));
    }

    private static Ledger Open(MemoryStore store, LaneOptions options) =>
        new(store, LedgerClock.Test(new Instant(1_000_000)), options, NullLogger<Ledger>.Instance);

    private static async Task OpenAsync(Ledger ledger, string account)
    {
        await AskAsync(ledger, account, new AccountCommand.PutAccount(account), null);
        await AskAsync(ledger, account, new AccountCommand.GiveCredits
        {
            Amount = CreditAmount.FromCredits(1_000_000), Kind = GrantKind.Purchase, Bucket = "purchase",
        }, "grant");
    }

    private static Task<Reply> ChargeAsync(Ledger ledger, string account, string key) =>
        AskAsync(ledger, account, new AccountCommand.ChargeCredits(Demand.Of(new CreditAmount(7)), null), key);

    private static Task<Reply> AskAsync(Ledger ledger, string account, AccountCommand command, string? key)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{account} {key}"))[..16];
        return ledger.ExecuteAsync(
            new()
            {
                Chain = ChainKey.OfAccount(1, account), AccountId = account, Account = command,
                Origin = new(key, [.. hash], default, [.. hash]),
            },
            default);
    }
}
