using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Engine.Lanes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>
/// Caps and budgets: they refuse admission, settlement counts in them, a refund gives back what it counted.
/// </summary>
public sealed class LimitTests : IAsyncLifetime
{
    private static readonly ImmutableArray<byte> Nothing = [.. new byte[16]];
    private static readonly Spender Ann = new() { Member = "ann" };
    private readonly Ledger _ledger = new(
        new MemoryStore(), LedgerClock.Test(At("2026-03-10T12:00:00Z")), new LaneOptions(),
            NullLogger<Ledger>.Instance);

    public async ValueTask InitializeAsync()
    {
        await _ledger.ExecuteAsync(
            new() { Chain = ChainKey.OfProject(1), Project = new ProjectCommand.OpenProject("default"),
                Origin = Someone() },
            CancellationToken.None);
        await Ask(new AccountCommand.PutAccount("acme"));
        await Ask(
            new AccountCommand.GiveCredits { Amount = Credits(1_000), Kind = GrantKind.Purchase, Bucket = "addon" });
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task A_cap_counts_charges_captures_and_open_holds_of_the_period_less_refunds()
    {
        await Ask(new AccountCommand.PutAccount("acme") { MonthlyCap = Credits(100) });
        var charge = await Done(Charge(30));
        var hold = await Done(new AccountCommand.PlaceHold { Demand = Demand.Of(Credits(50)) });
        Assert.Equal(("monthly_cap", Credits(20)), await Refused(Charge(21)));
        await Done(new AccountCommand.CaptureHold { Hold = hold, Demand = Demand.Of(Credits(10)) });
        Assert.Equal(("monthly_cap", Credits(60)), await Refused(Charge(61)));
        await Done(new AccountCommand.RefundCharge(charge, Credits(5), null));
        await Done(Charge(65));
        Assert.Equal(("monthly_cap", Credits(0)), await Refused(Charge(1)));

        await _ledger.AdvanceAsync(At("2026-04-01T00:00:00Z"), CancellationToken.None);
        await Done(new AccountCommand.RefundCharge(charge, null, null));
        Assert.Equal(("monthly_cap", Credits(100)), await Refused(Charge(101)));
        await Done(Charge(100));
    }

    [Fact]
    public async Task Settlement_is_never_refused_and_counts_so_that_the_next_admission_is()
    {
        await Ask(new AccountCommand.PutAccount("acme") { MonthlyCap = Credits(20) });
        var hold = await Done(new AccountCommand.PlaceHold { Demand = Demand.Of(Credits(10)) });
        await Done(new AccountCommand.CaptureHold { Hold = hold, Demand = Demand.Of(Credits(60)) });

        Assert.Equal(("monthly_cap", Credits(0)), await Refused(Charge(1)));
    }

    [Fact]
    public async Task The_accounts_own_cap_goes_before_its_tiers_and_can_be_taken_away()
    {
        await _ledger.ExecuteAsync(
            new()
            {
                Chain = ChainKey.OfProject(1),
                Project = new ProjectCommand.PutTier("capped", new() { MonthlyCap = Credits(10) }), Origin = Someone(),
            },
            CancellationToken.None);
        await Ask(new AccountCommand.PutAccount("acme") { Tier = "capped" });
        Assert.Equal(("monthly_cap", Credits(10)), await Refused(Charge(11)));
        await Ask(new AccountCommand.PutAccount("acme") { MonthlyCap = Credits(15) });
        await Done(Charge(11));
        await Ask(new AccountCommand.PutAccount("acme") { ClearMonthlyCap = true });
        Assert.Equal(("monthly_cap", Credits(0)), await Refused(Charge(1)));
    }

    [Fact]
    public async Task A_budget_is_about_its_own_spender_and_begins_anew_with_its_period()
    {
        await Budget("ann", BudgetScopeKind.Member, "ann", 9, PeriodRule.Day);
        await Done(Charge(7) with { Spender = Ann });
        await Done(Charge(50));
        Assert.Equal(("budget:ann", Credits(2)), await Refused(Charge(3) with { Spender = Ann }));
        var hold = await Done(new AccountCommand.PlaceHold { Demand = Demand.Of(Credits(2)), Spender = Ann });
        Assert.Equal(("budget:ann", Credits(0)), await Refused(Charge(1) with { Spender = Ann }));

        await _ledger.AdvanceAsync(At("2026-03-11T00:00:00Z"), CancellationToken.None);
        await Done(Charge(7) with { Spender = Ann });
        // The capture counts on the day on which it is recorded.
        await Done(new AccountCommand.CaptureHold { Hold = hold, Demand = Demand.Of(Credits(2)) });
        Assert.Equal(("budget:ann", Credits(0)), await Refused(Charge(1) with { Spender = Ann }));
    }

    [Fact]
    public async Task Of_several_limits_the_first_is_named_balance_cap_budgets_by_id()
    {
        await Budget("b", BudgetScopeKind.Member, "ann", 5, null);
        await Budget("a", BudgetScopeKind.Account, "", 6, null);
        Assert.Equal(("budget:b", Credits(5)), await Refused(Charge(6) with { Spender = Ann }));
        Assert.Equal(("budget:a", Credits(5)), await Refused(Charge(7) with { Spender = Ann }));
        await Ask(new AccountCommand.PutAccount("acme") { MonthlyCap = Credits(3) });
        Assert.Equal(("monthly_cap", Credits(3)), await Refused(Charge(7) with { Spender = Ann }));
        var refused = Assert.IsType<Reply.Refused>(await Ask(Charge(1_001) with { Spender = Ann }));
        Assert.IsType<Rejection.InsufficientCredits>(refused.Rejection);
    }

    [Fact]
    public async Task A_changed_limit_keeps_what_was_spent_and_another_period_counts_anew()
    {
        await Budget("a", BudgetScopeKind.Account, "", 10, PeriodRule.Week);
        var charge = await Done(Charge(8));
        await Budget("a", BudgetScopeKind.Account, "", 12, PeriodRule.Week);
        Assert.Equal(("budget:a", Credits(4)), await Refused(Charge(5)));
        await Budget("a", BudgetScopeKind.Account, "", 12, PeriodRule.Day);
        Assert.Equal(("budget:a", Credits(12)), await Refused(Charge(13)));
        // What another budget had counted is not this one's to give back.
        await Done(new AccountCommand.RefundCharge(charge, null, null));
        Assert.Equal(("budget:a", Credits(12)), await Refused(Charge(13)));
    }

    private Task<Reply> Budget(string id, BudgetScopeKind kind, string value, long limit, PeriodRule? period) =>
        Ask(new AccountCommand.PutBudget(id, new(new(kind, value), Credits(limit), period)));

    private static AccountCommand.ChargeCredits Charge(long credits) => new(Demand.Of(Credits(credits)), null);

    private async Task<ThingNumber> Done(AccountCommand command) =>
        Assert.IsType<Reply.Done>(await Ask(command)).Entry.Entry.Number;

    private async Task<(string, CreditAmount)> Refused(AccountCommand command)
    {
        var refused = Assert.IsType<Reply.Refused>(await Ask(command));
        var limit = Assert.IsType<Rejection.LimitReached>(refused.Rejection);
        return (limit.Source, limit.Left);
    }

    private Task<Reply> Ask(AccountCommand command) => _ledger.ExecuteAsync(
        new() { Chain = ChainKey.OfAccount(1, "acme"), AccountId = "acme", Account = command, Origin = Someone() },
        CancellationToken.None);

    private static Origin Someone() => new(null, Nothing, default, Nothing);
    private static CreditAmount Credits(long whole) => CreditAmount.FromCredits(whole);
    private static Instant At(string text) =>
        Instant.From(DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
}
