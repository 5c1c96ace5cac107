using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core.Accounts;
using Tallystick.Core.Grants;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>A system clock that jumps about: an account's own time goes on or stands still.</summary>
public sealed class ClockTests : IAsyncLifetime
{
    private static readonly ImmutableArray<byte> Nothing = [.. new byte[16]];
    private readonly JumpingTime _time = new(new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero));
    private readonly Ledger _ledger;
    private int _keys;

    public ClockTests() => _ledger = new(new MemoryStore(), new(_time), new(), NullLogger<Ledger>.Instance);

    public async ValueTask InitializeAsync() => await _ledger.ExecuteAsync(
        new()
        {
            Chain = ChainKey.OfProject(1), Project = new ProjectCommand.OpenProject("default"),
            Origin = new(null, Nothing, default, Nothing),
        },
        TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_clock_set_back_revives_nothing_and_dates_nothing_before_what_there_is_I24()
    {
        await AskAsync(new AccountCommand.PutAccount("acme"));
        await GiveAsync(5, _time.Now.AddDays(1));
        await GiveAsync(7, null);
        var hold = await AskAsync(new AccountCommand.PlaceHold
        {
            Demand = Demand.Of(CreditAmount.FromCredits(6)), ExpiresAt = Instant.From(_time.Now.AddDays(2)),
        });
        _time.Now = _time.Now.AddDays(3);
        await ChargeAsync(1);

        _time.Now = _time.Now.AddDays(-40);
        var state = await ChargeAsync(1);
        Assert.Equal(CreditAmount.FromCredits(5), state.Available);
        Assert.DoesNotContain(state.Grants, grant => grant.ExpiresAt is not null);
        var late = await AskAsync(new AccountCommand.CaptureHold
        {
            Hold = hold.Entry.Entry.Number, Demand = Demand.Of(CreditAmount.FromCredits(1)),
        });
        Assert.True(((EntryBody.Captured)late.Entry.Entry.Body).Late, "a hold that had ended was open again");
        await MustNotFallAsync();
    }

    [Fact]
    public async Task A_clock_that_jumps_over_months_and_back_gives_each_period_its_allowance_once_I23_I24()
    {
        await AskAsync(new AccountCommand.PutAccount("acme") { Tier = "starter" });
        foreach (var days in new[] { 40, -40, 80, -1, 1, -80, 81, 0, 3 })
        {
            _time.Now = new DateTimeOffset(2026, 1, 10, 0, 0, 0, TimeSpan.Zero).AddDays(days);
            await ChargeAsync(1);
        }
        Assert.Equal(
            ["2026-01-10", "2026-02-01", "2026-03-01", "2026-04-01"],
            from entry in await JournalAsync()
            where entry.Body is EntryBody.Granted { Kind: GrantKind.Allowance }
            select entry.At.ToString()[..10]);
        await MustNotFallAsync();
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    private Task<Reply.Done> GiveAsync(long credits, DateTimeOffset? expiresAt) =>
        AskAsync(new AccountCommand.GiveCredits
        {
            Amount = CreditAmount.FromCredits(credits), Kind = GrantKind.Purchase, Bucket = "purchase",
            ExpiresAt = expiresAt is { } at ? Instant.From(at) : null,
        });

    private async Task<AccountState> ChargeAsync(long credits) => (AccountState)(
        await AskAsync(new AccountCommand.ChargeCredits(Demand.Of(CreditAmount.FromCredits(credits)), null))).State;

    private async Task<Reply.Done> AskAsync(AccountCommand command) => Assert.IsType<Reply.Done>(
        await _ledger.ExecuteAsync(
            new()
            {
                Chain = ChainKey.OfAccount(1, "acme"), AccountId = "acme", Account = command,
                Origin = new($"k{_keys++}", Nothing, default, Nothing),
            },
            TestContext.Current.CancellationToken));

    private async Task<List<JournalEntry>> JournalAsync()
    {
        var (chain, cancel) = (ChainKey.OfAccount(1, "acme"), TestContext.Current.CancellationToken);
        var last = (await _ledger.LoadAsync(chain, cancel))!.Sequence;
        var entries = new List<JournalEntry>();
        for (var sequence = 1L; sequence <= last; sequence++)
            entries.Add((await _ledger.EntryAsync(chain, sequence, cancel))!.Entry);
        return entries;
    }

    private async Task MustNotFallAsync()
    {
        var journal = await JournalAsync();
        foreach (var (before, entry) in journal.Zip(journal.Skip(1)))
            Assert.True(before.At <= entry.At, $"entry {entry.Sequence} is dated before the one before it");
    }

    /// <summary>The system's time as somebody sets it.</summary>
    private sealed class JumpingTime(DateTimeOffset start) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = start;
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
