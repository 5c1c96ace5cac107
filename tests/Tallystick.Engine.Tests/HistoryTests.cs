using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Grants;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>What an account was at an instant, and why an entry came about. TALLY_SEED=n runs a seed again.</summary>
public sealed class HistoryTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const int Steps = 4_000;
    private static readonly ChainKey Chain = ChainKey.OfAccount(1, "acme");
    private readonly MemoryStore _store = new();
    private readonly List<(ThingNumber Number, EntryBody Body)> _things = [];
    private Ledger _ledger = null!;
    private Random _random = null!;

    [Fact]
    public async Task An_account_at_an_instant_is_the_fold_of_its_journal_by_then_wherever_the_fold_begins()
    {
        var given = Environment.GetEnvironmentVariable("TALLY_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        output.WriteLine($"TALLY_SEED={seed}");
        _random = new(seed);
        await LiveAsync();
        var journal = await _store.ReadAsync(Chain, 1, long.MaxValue, default);
        Assert.True(journal.Count > 3 * Checkpoints.Every);
        ChainRecord? FirstForm(RecordKey key) => key.Kind == RecordKind.Charge
            ? Charge.From(journal[(int)key.Number.Sequence - 1].Entry)
            : null;

        var present = (AccountState)(await _store.LoadAsync(Chain, default))!;
        var records = new Dictionary<RecordKey, ChainRecord>();
        AccountState? state = null;
        foreach (var (entry, next) in journal.Zip([.. journal.Skip(1), null]))
        {
            var folded = StoreFold.Next(state, entry, key => records.GetValueOrDefault(key) ?? FirstForm(key));
            foreach (var record in folded.Records) records[record.Key] = record;
            state = (AccountState)folded.State;
            if (next?.Entry.At == entry!.Entry.At || _random.Next(20) > 0) continue;
            var at = (await _ledger.AtAsync(present, entry.Entry.At, default))!;
            Assert.Equal(state.Canonical().Encode(), at.Canonical().Encode());
            var explanation = await _ledger.ExplainAsync(Chain, entry.Entry.Sequence, default);
            Assert.Equal(entry.Entry.BalanceAfter, explanation!.After.Balance);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_ledger is not null) await _ledger.DisposeAsync();
    }

    private async Task LiveAsync()
    {
        var now = new Instant(1_000_000);
        _ledger = new(_store, LedgerClock.Test(now), new(), NullLogger<Ledger>.Instance);
        await AskAsync(new AccountCommand.PutAccount("acme"));
        for (var i = 0; i < Steps; i++)
        {
            if (_random.Next(4) == 0)
                await _ledger.AdvanceAsync(now = now.Plus(Duration.FromSeconds(_random.Next(1, 400))), default);
            await AskAsync(Next(now));
        }
    }

    private AccountCommand Next(Instant now)
    {
        var amount = new CreditAmount(_random.Next(1, 30_000_000));
        // Old things come back as often as recent ones.
        var some = _things.Count == 0 ? default : _things[_random.Next(_things.Count)];
        return (_random.Next(10), some.Body) switch
        {
            (< 4, EntryBody.HoldPlaced) =>
                new AccountCommand.CaptureHold { Hold = some.Number, Demand = Demand.Of(amount) },
            (< 6, EntryBody.Charged or EntryBody.Captured) =>
                new AccountCommand.RefundCharge(
                    some.Number, _random.Next(3) == 0 ? null : new(1 + _random.Next(99)), null),
            (< 5, EntryBody.Granted) => new AccountCommand.VoidGrant(some.Number, _random.Next(2) == 0),
            (< 7, _) => new AccountCommand.GiveCredits
            {
                Amount = amount, Kind = GrantKind.Purchase, Bucket = "addon",
                ExpiresAt = _random.Next(3) > 0 ? null : now.Plus(Duration.FromSeconds(_random.Next(1, 90_000))),
            },
            (< 8, _) => new AccountCommand.PlaceHold { Demand = Demand.Of(amount) },
            _ => new AccountCommand.ChargeCredits(Demand.Of(amount), null),
        };
    }

    private async Task AskAsync(AccountCommand command)
    {
        ImmutableArray<byte> hash = [.. BitConverter.GetBytes(_random.NextInt64()), .. new byte[8]];
        var reply = await _ledger.ExecuteAsync(
            new() { Chain = Chain, AccountId = "acme", Account = command, Origin = new(null, hash, default, hash) },
            default);
        if (reply is Reply.Done { Replayed: false } done)
            _things.Add((done.Entry.Entry.Number, done.Entry.Entry.Body));
    }

}
