using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core.Accounts;
using Tallystick.Core.Grants;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Engine.Lanes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>
/// Q20: ten times what fits, by counts and a gate before the commit; how long it takes, a campaign measures.
/// </summary>
public sealed class OverloadTests : IAsyncDisposable
{
    private const int Fits = 64, Asked = 10 * Fits, Waves = 5;
    private static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly ImmutableArray<byte> Nothing = [.. new byte[16]];
    private readonly MemoryStore _store = new();
    private readonly Ledger _ledger;

    public OverloadTests() => _ledger = new(
        _store, LedgerClock.Test(Start), new LaneOptions { QueueMax = Fits, BatchMax = Fits / 2 },
        NullLogger<Ledger>.Instance);

    [Fact]
    public async Task Ten_times_what_fits_is_told_at_once_what_was_taken_is_done_and_then_all_is_as_before_Q20_I36()
    {
        await AskAsync(new AccountCommand.PutAccount("acme"), "put");
        await AskAsync(new AccountCommand.GiveCredits
        {
            Amount = CreditAmount.FromCredits(10_000), Kind = GrantKind.Purchase, Bucket = "purchase",
        }, "grant");
        var charged = 0;
        for (var wave = 0; wave < Waves; wave++)
        {
            var (reached, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
            _store.BeforeCommit = async _ =>
            {
                reached.TrySetResult();
                await gate.Task;
                return [];
            };
            var first = ChargeAsync($"{wave} first");
            await reached.Task;
            // The lane waits in its commit: what fits is in the queue, everybody else knows before anything is stored.
            var asked = Enumerable.Range(0, Asked).Select(i => ChargeAsync($"{wave} {i}")).ToList();
            var turnedAway = asked.Where(one => one.IsFaulted).ToList();
            gate.SetResult();
            Assert.Equal(Asked - Fits, turnedAway.Count);
            Assert.All(turnedAway, one => Assert.IsType<OverloadedException>(one.Exception!.GetBaseException()));

            var done = await Task.WhenAll(asked.Except(turnedAway).Append(first));
            Assert.All(done, reply => Assert.IsType<Reply.Done>(reply));
            charged += done.Length;
            // Whoever was turned away comes again with the same key, and nothing had been done.
            Assert.False(Assert.IsType<Reply.Done>(await ChargeAsync($"{wave} {Asked - 1}")).Replayed);
            charged++;
        }
        var state = await _ledger.FindAccountAsync(1, "acme", TestContext.Current.CancellationToken);
        Assert.Equal(CreditAmount.FromCredits(10_000 - charged), state!.Available);
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    private Task<Reply> ChargeAsync(string key) =>
        AskAsync(new AccountCommand.ChargeCredits(Demand.Of(CreditAmount.FromCredits(1)), null), key);

    private async Task<Reply> AskAsync(AccountCommand command, string key) => await _ledger.ExecuteAsync(
        new()
        {
            Chain = ChainKey.OfAccount(1, "acme"), AccountId = "acme", Account = command,
            Origin = new(key, Nothing, default, Nothing),
        },
        TestContext.Current.CancellationToken);
}
