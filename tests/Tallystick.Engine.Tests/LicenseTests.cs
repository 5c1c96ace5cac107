using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Lanes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>Where licences are kept, and what is left of one that is moved while the server stops.</summary>
public sealed class LicenseTests : IAsyncLifetime
{
    private const int Project = 1;
    private static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly ImmutableArray<byte> Nothing = [.. new byte[16]];
    private readonly MemoryStore _store = new();
    private readonly Ledger _ledger;
    private readonly LicenseDirectory _licenses;

    public LicenseTests()
    {
        _ledger = new(_store, LedgerClock.Test(Start), new LaneOptions(), NullLogger<Ledger>.Instance);
        _licenses = new(_ledger);
    }

    public async ValueTask InitializeAsync()
    {
        await _ledger.ExecuteAsync(
            new()
            {
                Chain = ChainKey.OfProject(Project), Project = new ProjectCommand.OpenProject("default"),
                Origin = Origin(),
            },
            default);
        foreach (var account in new[] { "one", "two" }) await AskAsync(account, new AccountCommand.PutAccount(account));
        await AskAsync("one", new AccountCommand.GiveCredits
        {
            Amount = CreditAmount.FromCredits(10), Kind = GrantKind.Purchase, Bucket = "b",
        });
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task No_state_grows_with_the_number_of_licences()
    {
        var before = await SizesAsync();
        for (var i = 0; i < 2_000; i++)
        {
            var number = await IssueAsync(i);
            await AskAsync("one", new AccountCommand.DeactivateLicense(number));
        }
        var after = await SizesAsync();
        Assert.InRange(after.Project, before.Project, before.Project + 16);
        Assert.InRange(after.Account, before.Account, before.Account + 16);
        Assert.Equal(1_999, (await PlaceAsync(1_999))!.Number.Sequence - (await PlaceAsync(0))!.Number.Sequence);
    }

    [Fact]
    public async Task A_move_that_was_cut_off_is_completed_by_whoever_looks_next()
    {
        var number = await IssueAsync(1);
        await AskAsync("one", new AccountCommand.MoveLicense(number, "two"));

        var place = (await _licenses.PlaceAsync(Project, number, default))!;
        Assert.Equal(("two", "one"), (place.AccountId, string.Join(' ', place.Former)));
        Assert.Null((await _licenses.FindAsync(Project, "two", number, default))!.MovedTo);
        var sequence = (await _ledger.FindAccountAsync(Project, "two", default))!.Sequence;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => _licenses.LookAsync(Project, number, null, default).AsTask()));
        Assert.Equal(sequence, (await _ledger.FindAccountAsync(Project, "two", default))!.Sequence);
    }

    [Fact]
    public async Task Whoever_has_missed_a_move_is_told_to_look_again_also_when_the_licence_is_back()
    {
        var number = await IssueAsync(1);
        Assert.IsType<Reply.Done>(await SpendAsync(number, moves: 0));
        foreach (var (from, to) in new[] { ("one", "two"), ("two", "one") })
        {
            await AskAsync(from, new AccountCommand.MoveLicense(number, to));
            await _licenses.LookAsync(Project, number, null, default);
        }
        Assert.IsType<Rejection.LicenseMoved>(Assert.IsType<Reply.Refused>(await SpendAsync(number, 0)).Rejection);
        Assert.IsType<Reply.Done>(await SpendAsync(number, moves: 2));
    }

    [Fact]
    public async Task A_licence_moves_sixteen_times_and_no_more()
    {
        var number = await IssueAsync(1);
        var accounts = new[] { "one", "two" };
        for (var i = 0; i < License.MovesMax; i++)
        {
            await AskAsync(accounts[i % 2], new AccountCommand.MoveLicense(number, accounts[(i + 1) % 2]));
            Assert.NotNull(await _licenses.LookAsync(Project, number, null, default));
        }
        var reply = await ReplyAsync("one", new AccountCommand.MoveLicense(number, "two"), Origin());
        Assert.IsType<Rejection.LimitExceeded>(Assert.IsType<Reply.Refused>(reply).Rejection);
    }

    private Task<Reply> SpendAsync(ThingNumber number, int moves) => _ledger.ExecuteAsync(
        new()
        {
            Chain = ChainKey.OfAccount(Project, "one"), AccountId = "one", LicenseMoves = moves,
            Account = new AccountCommand.ChargeCredits(Demand.Of(CreditAmount.FromCredits(1)), null),
            Origin = Origin() with { License = number },
        },
        default);

    private async Task<ThingNumber> IssueAsync(int of)
    {
        var (number, _) = await _licenses.PointAsync(Project, Mac(of), "one", isChosen: false, Origin(), default);
        await AskAsync("one", new AccountCommand.IssueLicense(number, "", "…", null));
        return number;
    }

    private async Task<LicensePlace?> PlaceAsync(int of) =>
        await _licenses.PlaceAsync(Project, await _licenses.FindAsync(Project, Mac(of), default), default);

    private async Task<(int Project, int Account)> SizesAsync() => (
        (await _ledger.FindProjectAsync(Project, default))!.Encode().Length,
        (await _ledger.FindAccountAsync(Project, "one", default))!.Encode().Length);

    private async Task AskAsync(string account, AccountCommand command) =>
        Assert.IsType<Reply.Done>(await ReplyAsync(account, command, Origin()));

    private Task<Reply> ReplyAsync(string account, AccountCommand command, Origin origin) => _ledger.ExecuteAsync(
        new()
        {
            Chain = ChainKey.OfAccount(Project, account), AccountId = account, Account = command, Origin = origin,
        },
        default);

    private static Origin Origin() => new(null, Nothing, new(2), Nothing);
    private static ImmutableArray<byte> Mac(int of) => [.. new byte[28], .. BitConverter.GetBytes(of)];
}
