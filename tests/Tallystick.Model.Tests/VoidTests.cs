using Xunit;

namespace Tallystick.Model.Tests;

public sealed class VoidTests
{
    private readonly ModelAccount account = new(openedAt: 0);

    [Fact]
    public void Void_takes_what_remains_and_what_is_held_when_it_returns()
    {
        var grant = account.Granted(0, 10);
        var hold = account.Held(1, 6);

        Assert.Equal(4, account.Void(2, grant).Entry.Amount);
        account.MustShow(2, remaining: 0, held: 6);
        account.Void(3, grant).MustBeUnchanged();
        Assert.Equal("voided", account.Void(3, grant, clawBackUsed: true).Refusal.Status);

        var capture = account.Capture(4, hold, 2).Entry;
        Assert.Equal($"{grant}/held:-6 {grant}/used:2 {grant}/voided:4", capture.Postings());
        Assert.Equal(GrantStatus.Voided, account.The(grant).StatusAt(4));
    }

    [Fact]
    public void A_pending_grant_is_voided_before_it_begins()
    {
        var grant = account.Granted(0, 10, from: 100);
        Assert.Equal(10, account.Void(1, grant).Entry.Amount);
        account.Settle(200).MustBeUnchanged();
    }

    [Fact]
    public void A_refund_to_a_voided_grant_is_recorded_and_voided()
    {
        var grant = account.Granted(0, 10);
        var charge = account.Charge(1, 7).Id;
        account.Void(2, grant);

        Assert.Equal($"{grant}/used:-7 {grant}/voided:7", account.Refund(3, charge).Entry.Postings());
        account.MustShow(3, remaining: 0);
    }

    [Fact]
    public void Claw_back_books_what_was_used_as_debt_and_other_credits_pay_it_at_once()
    {
        var reversed = account.Granted(0, 10);
        account.Charge(1, 7);
        var other = account.Granted(2, 5);

        var entry = account.Void(3, reversed, clawBackUsed: true).Entry;

        Assert.Equal(
            $"debt:-2 unfunded:2 {reversed}/remaining:-3 {reversed}/voided:3 {other}/remaining:-5 {other}/used:5",
            entry.Postings());
        Assert.Equal($"{entry.Sequence}<{other}:5", entry.Repayments());
        account.MustShow(3, remaining: 0, debt: 2);
    }

    [Fact]
    public void A_refund_of_what_was_clawed_back_cancels_the_debt_then_gives_back_what_was_paid()
    {
        var reversed = account.Granted(0, 10);
        var charge = account.Charge(1, 10).Id;
        account.Void(2, reversed, clawBackUsed: true);
        var payer = account.Granted(3, 6);
        account.MustShow(3, remaining: 0, debt: 4);

        account.Refund(4, charge, 3);
        account.MustShow(4, remaining: 0, debt: 1);
        Assert.Equal(
            $"debt:1 unfunded:-1 {reversed}/used:-5 {reversed}/voided:5 {payer}/remaining:4 {payer}/used:-4",
            account.Refund(5, charge, 5).Entry.Postings());
        account.Refund(6, charge);
        account.MustShow(6, remaining: 6);
    }

    [Fact]
    public void Giving_back_goes_through_a_payer_that_was_itself_clawed_back()
    {
        var first = account.Granted(0, 10);
        var charge = account.Charge(1, 10).Id;
        account.Void(2, first, clawBackUsed: true);
        var second = account.Granted(3, 10);                   // pays the first's claw-back
        account.Void(4, second, clawBackUsed: true);
        var third = account.Granted(5, 4);                     // pays part of the second's
        account.MustShow(5, remaining: 0, debt: 6);

        account.Refund(6, charge);

        Assert.Equal(10, account.The(first).Voided);
        Assert.Equal(10, account.The(second).Voided);
        Assert.Equal(4, account.The(third).Remaining);
        account.MustShow(6, remaining: 4);
    }

    [Fact]
    public void Claw_back_is_over_what_was_used_and_not_over_what_is_still_held()
    {
        var grant = account.Granted(0, 10, expires: 100);
        account.Charge(1, 3);
        var hold = account.Held(2, 4, expires: 300);

        var entry = account.Void(200, grant, clawBackUsed: true).Entry; // its other 3 have expired by then

        Assert.Equal((0, "debt:-3 unfunded:3"), ((int)entry.Amount, entry.Postings()));
        Assert.Equal($"{grant}/held:-4 {grant}/voided:4", account.Release(201, hold).Entry.Postings());
        account.MustShow(201, remaining: 0, debt: 3);
    }

    [Fact]
    public void What_was_not_used_is_not_clawed_back()
    {
        var grant = account.Granted(0, 10);
        account.Void(1, grant, clawBackUsed: true);
        account.Void(1, grant, clawBackUsed: true).MustBeUnchanged();
        account.Void(1, new ThingId(9)).MustBeRefused("not_found");
        Assert.Empty(account.Debts);
    }
}
