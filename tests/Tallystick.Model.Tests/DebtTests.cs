using Xunit;

namespace Tallystick.Model.Tests;

public sealed class DebtTests
{
    private readonly ModelAccount account = new(openedAt: 0, overdraftLimit: 100);

    [Fact]
    public void Admission_passes_up_to_the_overdraft_limit_and_not_a_millionth_more()
    {
        account.Granted(1, 10);
        var refusal = account.Charge(2, 111).Refusal;
        Assert.Equal(
            new Outcome.Refused("insufficient_credits") { Required = 111, Available = 110 }, refusal);

        var charge = account.Charge(2, 110).Entry;
        Assert.Equal("debt:-100 unfunded:100 2.0/remaining:-10 2.0/used:10", charge.Postings());
        Assert.Equal("[2.0:10,debt:100]", account.Split(new ThingId(charge.Sequence)));
        account.MustShow(2, remaining: 0, debt: 100);
        Assert.Equal(0, account.Charge(3, 1).Refusal.Available);
    }

    [Fact]
    public void The_next_grants_pay_the_oldest_debt_first_in_their_own_entry()
    {
        var first = account.Charge(1, 30).Id;
        var second = account.Charge(2, 40).Id;

        var grant = account.Grant(3, new GrantInput { Amount = 50 }).Entry;
        Assert.Equal($"{first.Sequence}<4.0:30 {second.Sequence}<4.0:20", grant.Repayments());
        Assert.Equal("issued:-50 debt:50 unfunded:-50 4.0/used:50", grant.Postings());
        Assert.Equal(-20, grant.AvailableAfter);
        account.MustShow(3, remaining: 0, debt: 20);

        account.Granted(4, 25);
        account.MustShow(4, remaining: 5);
    }

    [Fact]
    public void A_refund_cancels_what_is_owed_then_gives_back_to_the_payers_last_first()
    {
        var charge = account.Charge(1, 60).Id;
        var early = account.Granted(2, 20); // pays 20
        var late = account.Granted(3, 30);  // pays 30, 10 is still owed

        account.Refund(4, charge, 15);
        account.MustShow(4, remaining: 5);
        Assert.Equal((20, 25), ((int)account.The(early).Used, (int)account.The(late).Used));

        account.Refund(5, charge, 30);
        Assert.Equal((15, 0), ((int)account.The(early).Used, (int)account.The(late).Used));
        account.Refund(6, charge);
        account.MustShow(6, remaining: 50);
        Assert.Equal(0, account.Refund(7, charge).Refusal.Refundable);
    }

    [Fact]
    public void A_debt_leg_was_burned_last_and_is_refunded_first()
    {
        var grant = account.Granted(1, 10);
        var charge = account.Charge(2, 25).Id;

        account.Refund(3, charge, 18);

        Assert.Equal(3, account.The(grant).Remaining);
        account.MustShow(3, remaining: 3);
    }

    [Fact]
    public void Credits_that_come_back_pay_the_other_debts()
    {
        var grant = account.Granted(1, 10);
        var paid = account.Charge(2, 10).Id;
        var owed = account.Charge(3, 8).Id;

        var refund = account.Refund(4, paid).Entry;

        Assert.Equal($"{owed.Sequence}<{grant}:8", refund.Repayments());
        Assert.Equal($"debt:8 unfunded:-8 {grant}/remaining:2 {grant}/used:-2", refund.Postings());
        account.MustShow(4, remaining: 2);
    }

    [Fact]
    public void A_payer_that_has_expired_since_is_granted_anew()
    {
        var charge = account.Charge(1, 10).Id;
        var first = account.Granted(2, 4, expires: 50);
        var second = account.Granted(3, 6, expires: 60);

        var refund = account.Refund(70, charge, 9).Entry;

        Assert.Equal(
            $"issued:-9 {first}/used:-3 {first}/expired:3 {second}/used:-6 {second}/expired:6 " +
            $"{refund.Sequence}.1/remaining:6 {refund.Sequence}.2/remaining:3",
            refund.Postings());
        account.MustShow(70, remaining: 9);
    }

    [Fact]
    public void Reserved_overdraft_becomes_debt_only_by_capture()
    {
        var grant = account.Granted(1, 10);
        var hold = account.Held(2, 30);
        account.MustShow(2, remaining: 0, held: 30, reserved: 20);
        Assert.Equal(-20, account.Balance(2).Available);
        Assert.Equal(80, account.Check(2, 1).AffordableAmount);

        var capture = account.Capture(3, hold, 25).Entry;

        Assert.Equal(
            $"debt:-15 unfunded:15 reserved:-20 line:20 {grant}/held:-10 {grant}/used:10", capture.Postings());
        account.MustShow(3, remaining: 0, debt: 15);
        Assert.Equal((25, 5), ((int)account.TheHold(hold).Captured, (int)account.TheHold(hold).Released));
    }

    [Fact]
    public void Captured_overdraft_is_paid_at_once_from_what_was_granted_meanwhile()
    {
        var hold = account.Held(1, 20);
        var grant = account.Granted(2, 50);
        account.MustShow(2, remaining: 50, held: 20, reserved: 20);

        var capture = account.Capture(3, hold, 20).Entry;

        Assert.Equal($"reserved:-20 line:20 {grant}/remaining:-20 {grant}/used:20", capture.Postings());
        Assert.Equal($"{capture.Sequence}<{grant}:20", capture.Repayments());
        Assert.Equal("[debt:20]", account.Split(new ThingId(capture.Sequence)));
        account.MustShow(3, remaining: 30);
    }

    [Fact]
    public void With_debt_a_hold_is_all_reserved_overdraft()
    {
        account.Charge(1, 40);
        var hold = account.Held(2, 60);
        Assert.Equal([new ModelLeg(null, 60)], account.TheHold(hold).OpenLegs);
        account.Hold(2, new HoldInput { Amount = 1 }).MustBeRefused("insufficient_credits");
        account.Release(3, hold);
        account.MustShow(3, remaining: 0, debt: 40);
    }
}
