using Xunit;

namespace Tallystick.Model.Tests;

public sealed class ExpiryTests
{
    private readonly ModelAccount account = new(openedAt: 0);

    [Fact]
    public void Effective_at_is_inclusive_and_expires_at_exclusive()
    {
        account.Granted(0, 10, from: 100, expires: 200);

        Assert.False(account.Check(99, 1).Allowed);
        Assert.True(account.Check(100, 10).Allowed);
        Assert.True(account.Check(199, 10).Allowed);
        Assert.False(account.Check(200, 1).Allowed);
        Assert.Single(account.Journal, entry => entry.Kind == EntryKind.Grant);
        Assert.Equal(2, account.Journal.Count); // reading writes nothing
    }

    [Fact]
    public void Held_credits_do_not_expire_until_the_hold_gives_them_back()
    {
        var grant = account.Granted(0, 10, expires: 100);
        var hold = account.Held(1, 6, expires: 300);

        account.Settle(150);
        Assert.Equal((4, 6), ((int)account.The(grant).Expired, (int)account.The(grant).Held));
        Assert.Equal(GrantStatus.Expired, account.The(grant).StatusAt(150));

        var capture = account.Capture(200, hold, 5).Entry;
        Assert.Equal($"{grant}/held:-6 {grant}/used:5 {grant}/expired:1", capture.Postings());
        account.MustShow(200, remaining: 0);
    }

    [Fact]
    public void At_one_instant_holds_end_then_grants_expire_then_grants_begin_then_the_command_runs()
    {
        var ending = account.Granted(0, 10, expires: 100);
        account.Granted(0, 5, from: 100);
        account.Held(1, 4, expires: 100);
        account.Held(2, 3, expires: 100);

        account.Charge(100, 5);

        Assert.Equal(
            [
                EntryKind.HoldExpired, EntryKind.HoldExpired, EntryKind.GrantExpired, EntryKind.GrantActivated,
                EntryKind.Charge,
            ],
            account.Journal.Skip(5).Select(entry => entry.Kind));
        Assert.Equal([4, 3, 3, 5, 5], account.Journal.Skip(5).Select(entry => (int)entry.Amount));
        Assert.Equal(10, account.The(ending).Expired);
        account.MustShow(100, remaining: 0);
    }

    [Fact]
    public void An_activation_pays_debt_in_its_own_entry_dated_when_it_was_due()
    {
        account.SetOverdraft(0, 10);
        var charge = account.Charge(1, 8).Id;
        account.Granted(2, 5, from: 50);

        var settled = account.Settle(70).Entry;

        Assert.Equal((EntryKind.GrantActivated, 50L), (settled.Kind, settled.At));
        Assert.Equal($"{charge.Sequence}<4.0:5", settled.Repayments());
        account.Settle(71).MustBeUnchanged();
        account.MustShow(71, remaining: 0, debt: 3);
    }

    [Fact]
    public void A_refusal_writes_nothing_and_the_next_command_enters_what_was_due_unchanged()
    {
        account.Granted(0, 10, expires: 100);
        var before = account.Describe();

        account.Charge(150, 1).MustBeRefused("insufficient_credits");
        Assert.Equal(before, account.Describe());

        account.Granted(400, 1);
        Assert.Equal((EntryKind.GrantExpired, 100L), (account.Journal[2].Kind, account.Journal[2].At));
    }

    [Fact]
    public void Time_never_runs_backwards()
    {
        account.Granted(100, 10);
        Assert.Equal(100, account.Charge(50, 1).Entry.At);
        account.Grant(50, new GrantInput { Amount = 1, ExpiresAt = 100 }).MustBeRefused("invalid_request");
    }

    [Fact]
    public void A_used_up_grant_expires_without_an_entry()
    {
        var grant = account.Granted(0, 10, expires: 100);
        account.Charge(1, 10);
        account.Settle(200).MustBeUnchanged();
        Assert.Equal(GrantStatus.Depleted, account.The(grant).StatusAt(200));
    }

    [Fact]
    public void A_grant_cannot_end_before_it_begins()
    {
        GrantInput[] impossible =
        [
            new() { Amount = 1, EffectiveAt = 50, ExpiresAt = 50 },
            new() { Amount = 1, ExpiresAt = 0 },
            new() { Amount = 1, Priority = 1001 },
        ];
        Assert.All(impossible, input => account.Grant(0, input).MustBeRefused("invalid_request"));
    }
}
