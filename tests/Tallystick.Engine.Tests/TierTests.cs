using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Engine.Lanes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>Tiers over months of a test clock, with the calendar that the server has.</summary>
public sealed class TierTests : IAsyncDisposable
{
    private static readonly ImmutableArray<byte> Nothing = [.. new byte[16]];
    private Ledger _ledger = Open(At("2026-01-31T10:00:00Z"));

    [Fact]
    public async Task A_trial_gives_its_allowance_for_the_first_period_and_never_again()
    {
        await Account("trial");
        var grant = Assert.Single((await State()).Grants);
        Assert.Equal(
            (Credits(5), GrantKind.Allowance, "monthly", "trial", GrantReason.InitialAllocation,
                At("2026-02-01T00:00:00Z")),
            (grant.Remaining, grant.GrantKind, grant.Bucket, grant.Tier, grant.Reason, grant.ExpiresAt));

        Assert.IsType<Reply.Unchanged>(await Put(new("acme") { Tier = "trial" }));
        await Advance("2026-02-01T00:00:00Z");
        Assert.Equal(default, (await State()).Available);
        await Put(new("acme") { Tier = "starter" });
        await Put(new("acme") { Tier = "trial" });
        await Advance("2026-03-01T00:00:00Z");

        Assert.Single(await Journal(), entry => entry.Body is EntryBody.Granted { Tier: "trial" });
    }

    [Fact]
    public async Task A_reset_gives_the_allowance_once_and_never_touches_what_was_bought_I23()
    {
        await Account("starter");
        await Ask(
            new AccountCommand.GiveCredits { Amount = Credits(100), Kind = GrantKind.Purchase, Bucket = "addon" });
        await Ask(new AccountCommand.ChargeCredits(Demand.Of(Credits(7)), null));
        await Advance("2026-04-15T00:00:00Z");

        var state = await State();
        Assert.Equal(
            [("monthly", Credits(20)), ("addon", Credits(100))], state.Grants.Select(g => (g.Bucket, g.Remaining)));
        Assert.Equal(At("2026-05-01T00:00:00Z"), state.Membership!.PeriodEnd);
        Assert.Equal(
            ["2026-01-31", "2026-02-01", "2026-03-01", "2026-04-01"],
            from entry in await Journal()
            where entry.Body is EntryBody.Granted { Kind: GrantKind.Allowance }
            select entry.At.ToString()[..10]);
    }

    [Theory]
    [InlineData("0.5", null, 1, "10", "5")]
    [InlineData("1", null, 3, "20", "20")]
    [InlineData("1", "15", 3, "15", "15")]
    [InlineData("0.333333", "6", 2, "6", "1.999998")]
    public async Task What_is_left_rolls_over_by_share_amount_and_periods(
        string share, string? most, int periods, string afterOne, string afterTwo)
    {
        await PutTier("roll", new()
        {
            Allowance = Credits(20),
            Rollover = new(Micros(share), most is null ? null : new CreditAmount(Micros(most)), periods),
        });
        await Account("roll");
        await Advance("2026-02-01T00:00:00Z");
        Assert.Equal(new(Micros(afterOne)), Rolled(await State()));
        // What rolled over is older than the allowance and goes first; what is left of either rolls on.
        await Ask(new AccountCommand.ChargeCredits(Demand.Of(Credits(20)), null));
        await Advance("2026-03-01T00:00:00Z");
        Assert.Equal(Credits(20), (await State()).Grants.Single(grant => grant.Rolls == 0).Remaining);
        Assert.Equal(new(Micros(afterTwo)), Rolled(await State()));
        await Advance("2027-03-01T00:00:00Z");
        Assert.All((await State()).Grants, grant => Assert.InRange(grant.Rolls, 0, periods));
    }

    [Fact]
    public async Task A_change_at_once_counts_each_tier_for_its_share_and_back_and_forth_gives_no_more()
    {
        await _ledger.DisposeAsync();
        _ledger = Open(At("2026-04-01T00:00:00Z"));
        await PutTier("small", new() { Allowance = Credits(100) });
        await PutTier("large", new() { Allowance = Credits(1_000) });
        await Account("small");
        await Ask(new AccountCommand.ChargeCredits(Demand.Of(Credits(30)), null));
        await Advance("2026-04-16T00:00:00Z");

        await Put(new("acme") { Tier = "large" });
        Assert.Equal(Credits(50 + 500 - 30), (await State()).Available);
        for (var i = 0; i < 5; i++)
        {
            await Ask(new AccountCommand.ChargeCredits(Demand.Of((await State()).Available), null));
            await Put(new("acme") { Tier = i % 2 == 0 ? "small" : "large" });
            Assert.Equal(default, (await State()).Available);
        }
    }

    // However often tiers change at one instant: what had been earned until then stays.
    [Fact]
    public async Task A_change_back_and_forth_takes_the_unearned_part_once()
    {
        await _ledger.DisposeAsync();
        _ledger = Open(At("2026-04-01T00:00:00Z"));
        foreach (var (name, allowance) in new[] { ("small", 100), ("large", 1_000), ("other", 10) })
            await PutTier(name, new() { Allowance = Credits(allowance) });
        await Account("small");
        await Advance("2026-04-16T00:00:00Z");

        foreach (var (tier, left) in new[]
        {
            ("large", 550), ("small", 50), ("large", 50), ("other", 55), ("small", 50), ("large", 50),
        })
        {
            await Put(new("acme") { Tier = tier });
            Assert.Equal((tier, Credits(left)), (tier, (await State()).Available));
        }
    }

    [Fact]
    public async Task A_change_at_the_periods_end_waits_and_can_be_taken_back()
    {
        await Account("starter");
        await Put(new("acme") { Tier = "professional", TierChange = TierChange.AtPeriodEnd });
        Assert.Equal(
            ("starter", "professional"), ((await State()).Membership!.Tier, (await State()).Membership!.NextTier));
        await Put(new("acme") { Tier = "starter" });
        Assert.Null((await State()).Membership!.NextTier);
        await Put(new("acme") { Tier = "professional", TierChange = TierChange.AtPeriodEnd });
        await Advance("2026-02-01T00:00:00Z");

        var state = await State();
        Assert.Equal(("professional", Credits(60)), (state.Membership!.Tier, state.Available));
    }

    [Fact]
    public async Task Anniversaries_do_not_drift_over_short_months()
    {
        await PutTier("yearly", new() { Allowance = Credits(1), Period = PeriodRule.Anniversary });
        await Account("yearly");
        await Advance("2028-04-01T00:00:00Z");

        var ends =
            (await Journal()).Where(entry => entry.Body is EntryBody.PeriodEnded).Select(entry => entry.At.ToString());
        Assert.Equal(
            ["2026-02-28T10:00:00Z", "2026-03-31T10:00:00Z", "2026-04-30T10:00:00Z"], ends.Take(3));
        Assert.Contains("2028-02-29T10:00:00Z", ends);
        Assert.Equal(26, ends.Count());
    }

    [Fact]
    public async Task Periods_begin_at_midnight_in_the_accounts_own_zone()
    {
        await Put(new("acme") { Tier = "starter", TimeZone = "America/New_York" });
        await Advance("2026-04-02T00:00:00Z");

        Assert.Equal(
            ["2026-02-01T05:00:00Z", "2026-03-01T05:00:00Z", "2026-04-01T04:00:00Z"],
            (await Journal()).Where(entry => entry.Body is EntryBody.PeriodEnded).Select(entry => entry.At.ToString()));
        Assert.Equal(
            new Rejection.InvalidField("time_zone", "not in the IANA time zone database"),
            Assert.IsType<Reply.Refused>(await Put(new("acme") { TimeZone = "Mars/Olympus" })).Rejection);
    }

    /// <summary>
    /// Two years of an account, once slept through and once looked at every day: the same journal, byte for byte.
    /// </summary>
    [Fact]
    public async Task It_does_not_matter_when_anybody_looked_I23_I24()
    {
        var asleep = await TwoYears(days: 731);
        var awake = await TwoYears(days: 1);
        Assert.Equal(asleep, awake);
        Assert.Equal(24, asleep.Count(line => line.Contains("period_ended", StringComparison.Ordinal)));

        async Task<List<string>> TwoYears(int days)
        {
            await _ledger.DisposeAsync();
            _ledger = Open(At("2026-01-31T10:00:00Z"));
            await PutTier("roll", new()
            {
                Allowance = Credits(20), Rollover = new(500_000, Credits(15), 2), Period = PeriodRule.Anniversary,
            });
            await Account("roll");
            await Ask(new AccountCommand.GiveCredits
            {
                Amount = Credits(3), Kind = GrantKind.Bonus, Bucket = "bonus", EffectiveAt = At("2026-03-31T10:00:00Z"),
                ExpiresAt = At("2026-05-31T10:00:00Z"),
            });
            for (var day = 0; day < 731; day += days)
                await _ledger.AdvanceAsync(_ledger.Clock.Now.Plus(Duration.FromDays(days)), CancellationToken.None);
            return (await Journal()).ConvertAll(
                entry => $"{entry.At} {entry.Body.Word} {Convert.ToHexString(EntryCodec.Encode(entry))}");
        }
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    private static Ledger Open(Instant at)
    {
        var ledger =
            new Ledger(new MemoryStore(), LedgerClock.Test(at), new LaneOptions(), NullLogger<Ledger>.Instance);
        ledger.ExecuteAsync(
            new() { Chain = ChainKey.OfProject(1), Project = new ProjectCommand.OpenProject("default"),
                Origin = Someone() },
            CancellationToken.None).GetAwaiter().GetResult();
        return ledger;
    }

    private Task<Reply> PutTier(string name, TierTerms terms) => _ledger.ExecuteAsync(
        new() { Chain = ChainKey.OfProject(1), Project = new ProjectCommand.PutTier(name, terms), Origin = Someone() },
        CancellationToken.None);

    private Task<Reply> Account(string tier) => Put(new("acme") { Tier = tier });
    private Task<Reply> Put(AccountCommand.PutAccount command) => Ask(command);

    private async Task<Reply> Ask(AccountCommand command) => await _ledger.ExecuteAsync(
        new() { Chain = ChainKey.OfAccount(1, "acme"), AccountId = "acme", Account = command, Origin = Someone() },
        CancellationToken.None);

    private Task Advance(string to) => _ledger.AdvanceAsync(At(to), CancellationToken.None);

    private async Task<AccountState> State() => (await _ledger.FindAccountAsync(1, "acme", CancellationToken.None))!;

    private async Task<List<JournalEntry>> Journal()
    {
        var state = await State();
        var (entries, _) = await _ledger.Journal(state.Key)
            .ReadAsync(_ => true, state.Sequence + 1, 1, 1_000, CancellationToken.None);
        return [.. entries.Reverse().Select(entry => entry.Entry)];
    }

    private static CreditAmount Rolled(AccountState state) =>
        new(state.Grants.Where(grant => grant.Rolls > 0).Sum(grant => grant.Remaining.Micros));

    private static Origin Someone() => new(null, Nothing, default, Nothing);
    private static CreditAmount Credits(long whole) => CreditAmount.FromCredits(whole);
    private static Instant At(string text) =>
        Instant.From(DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
    private static long Micros(string text) =>
        (long)(decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture) * 1_000_000);
}
