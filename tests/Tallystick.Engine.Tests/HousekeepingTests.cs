using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine.Housekeeping;
using Tallystick.Engine.Lanes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>What goes on by itself goes on whatever it meets.</summary>
public sealed class HousekeepingTests : IAsyncDisposable
{
    private static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly ImmutableArray<byte> Nothing = [.. new byte[16]];
    private readonly MemoryStore _store = new();
    private readonly ManualTime _time = new();
    private readonly LedgerClock _clock = LedgerClock.Test(Start);

    [Fact]
    public async Task Seals_are_written_again_after_one_that_failed_for_whatever_reason_I14()
    {
        await using var ledger = Open();
        await OpenProjectAsync(ledger);
        var asked = 0;
        _store.AfterSeal = () => Interlocked.Increment(ref asked) == 1
            ? throw new InvalidOperationException("the connection was closed between two statements")
            : ValueTask.CompletedTask;
        await UntilAsync(() => asked > 1);
    }

    [Fact]
    public async Task What_is_committed_while_the_last_periodic_seal_is_written_is_sealed_too_I14()
    {
        var (reached, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var ledger = Open();
        await OpenProjectAsync(ledger);
        _store.AfterSeal = async () =>
        {
            reached.TrySetResult();
            await gate.Task;
        };
        await UntilAsync(() => reached.Task.IsCompleted);
        await AskAsync(ledger, "acme", new AccountCommand.PutAccount("acme"));
        var ending = ledger.DisposeAsync().AsTask();
        await ledger.Running.WaitAsync(TimeSpan.FromSeconds(30));
        // It has been told to end when it hears of the seal.
        await Task.Delay(50);
        gate.SetResult();
        await ending;
        var seal = (await _store.LastSealAsync(1, default))!;
        Assert.Contains(seal.Heads, head => head.Key == ChainOf("acme"));
    }

    [Fact]
    public async Task An_account_that_cannot_be_settled_keeps_no_other_from_it_and_no_later_sweep_I17()
    {
        var ledger = new PoisonedLedger(ChainOf("0"));
        using var sweeper = new Sweeper(_store, ledger, _clock, _time, NullLogger.Instance);
        for (var i = 0; i < 600; i++) Note(sweeper, $"{i}");
        await Assert.ThrowsAsync<InvalidOperationException>(() => sweeper.SweepAsync(default));
        Assert.Equal(600, ledger.Asked.Count);

        using var ending = new CancellationTokenSource();
        var sweeping = sweeper.RunAsync(ending.Token);
        Note(sweeper, "0");
        await UntilAsync(() => ledger.Times > 600);
        Note(sweeper, "later");
        await UntilAsync(() => ledger.Asked.ContainsKey(ChainOf("later")));
        await ending.CancelAsync();
        await sweeping;
    }

    [Fact]
    public async Task Of_an_account_with_many_things_the_next_that_falls_due_is_found_after_one_that_was_over_I17()
    {
        await using var ledger = Open();
        await AskAsync(ledger, "acme", new AccountCommand.PutAccount("acme"));
        for (var i = 0; i < 40; i++)
            await AskAsync(ledger, "acme", new AccountCommand.GiveCredits
            {
                Amount = CreditAmount.FromCredits(1), Kind = GrantKind.Purchase, Bucket = "purchase",
            });
        var first = await HoldAsync(ledger, Start.Micros + 10_000_000);
        await HoldAsync(ledger, Start.Micros + 20_000_000);
        await AskAsync(ledger, "acme", new AccountCommand.ReleaseHold(first));

        await ledger.AdvanceAsync(new(Start.Micros + 11_000_000), default);
        await ledger.AdvanceAsync(new(Start.Micros + 21_000_000), default);
        var entries = await _store.ReadAsync(ChainOf("acme"), 1, 100, default);
        Assert.IsType<EntryBody.HoldExpired>(entries[^1].Entry.Body);
    }

    [Fact]
    public void An_account_that_is_noted_ever_earlier_takes_up_little_and_is_due_once()
    {
        var book = new DueBook();
        for (var i = 100_000; i > 0; i--) book.Note(ChainOf("acme"), new(i));
        book.Note(ChainOf("other"), new(7));
        Assert.InRange(book.Count, 2, 2_000);
        Assert.Equal([ChainOf("acme")], book.Take(new(1), 10));
        Assert.Equal([ChainOf("other")], book.Take(new(200_000), 10));
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private Ledger Open() =>
        new(_store, _clock, new LaneOptions { Time = _time }, NullLogger<Ledger>.Instance);

    private static ChainKey ChainOf(string account) => ChainKey.OfAccount(1, account);

    private static void Note(Sweeper sweeper, string account) => sweeper.Note(new DueState { Key = ChainOf(account) });

    private static async Task<ThingNumber> HoldAsync(Ledger ledger, long until) =>
        Assert.IsType<Reply.Done>(await AskAsync(ledger, "acme", new AccountCommand.PlaceHold
        {
            Demand = Demand.Of(CreditAmount.FromCredits(1)), ExpiresAt = new(until),
        })).Entry.Entry.Number;

    private static Task<Reply> AskAsync(Ledger ledger, string account, AccountCommand command) => ledger.ExecuteAsync(
        new()
        {
            Chain = ChainOf(account), AccountId = account, Account = command,
            Origin = new(Guid.NewGuid().ToString(), Nothing, default, Nothing),
        },
        default);

    private static Task<Reply> OpenProjectAsync(Ledger ledger) => ledger.ExecuteAsync(
        new()
        {
            Chain = ChainKey.OfProject(1), Project = new ProjectCommand.OpenProject("default"),
            Origin = new(null, Nothing, default, Nothing),
        },
        default);

    /// <summary>Moves time on, a step of housekeeping after the other.</summary>
    private async Task UntilAsync(Func<bool> isSo)
    {
        for (var i = 0; i < 3_000 && !isSo(); i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }
        Assert.True(isSo());
    }

    private sealed record DueState : ChainState
    {
        public override Instant? NextDue => Start;
        public override byte[] Encode() => throw new NotSupportedException();
        public override ChainState Canonical() => this;
        public override ChainState Semantic(byte[] head) => this;
    }

    private sealed class PoisonedLedger(ChainKey poison) : ILedger
    {
        private int _times;

        public ConcurrentDictionary<ChainKey, bool> Asked { get; } = [];
        public int Times => Volatile.Read(ref _times);

        public Task<Reply> ExecuteAsync(LedgerRequest request, CancellationToken cancel)
        {
            Interlocked.Increment(ref _times);
            Asked[request.Chain] = true;
            return request.Chain == poison
                ? throw new InvalidOperationException("a rule breaks on it")
                : Task.FromResult<Reply>(new Reply.Unchanged(new AccountState
                {
                    Key = request.Chain, AccountId = "it",
                }));
        }
    }
}
