using System.Numerics;
using Xunit;

namespace Tallystick.Model.Tests;

public sealed class LifecycleTests
{
    private readonly ModelAccount account = new(openedAt: 0);

    [Fact]
    public void Suspended_refuses_admission_and_nothing_else()
    {
        var grant = account.Granted(0, 10);
        var hold = account.Held(1, 2);
        var charge = account.Charge(1, 2).Id;
        account.Suspend(2);
        account.Suspend(2).MustBeUnchanged();

        account.Charge(3, 1).MustBeRefused("account_suspended");
        account.Hold(3, new HoldInput { Amount = 99, ExpiresAt = 1 }).MustBeRefused("account_suspended");
        Assert.Equal("account_suspended", account.Check(3, 1).Code);
        account.Extend(3, hold, 1_000_000_000).Entry.ToString();
        account.Capture(3, hold, 1).Entry.ToString();
        account.Refund(3, charge).Entry.ToString();
        account.Granted(3, 1);
        account.Void(3, grant).Entry.ToString();
        account.MustShow(3, remaining: 1);

        account.Reactivate(4);
        account.Reactivate(4).MustBeUnchanged();
        account.Charge(5, 1).Entry.ToString();
    }

    [Fact]
    public void Close_waits_for_open_holds_or_releases_them_oldest_first()
    {
        account.Granted(0, 10);
        account.Granted(0, 3, from: 500);
        var older = account.Held(1, 2);
        var newer = account.Held(1, 3);
        account.Close(2).MustBeRefused("conflict");

        account.Close(3, releaseHolds: true);

        Assert.Equal([older, newer, null], account.Journal.TakeLast(3).Select(entry => entry.Subject));
        Assert.Equal("2.0/remaining:-10 2.0/voided:10 3.0/pending:-3 3.0/voided:3", account.Journal[^1].Postings());
        account.MustShow(600, remaining: 0);
        account.Close(4).MustBeUnchanged();
        account.Charge(4, 1).MustBeRefused("account_closed");
        account.Grant(4, new GrantInput { Amount = 1 }).MustBeRefused("account_closed");
        account.Suspend(4).MustBeRefused("account_closed");
        account.Reactivate(4).MustBeRefused("account_closed");
        account.SetOverdraft(4, 1).MustBeRefused("account_closed");
    }

    [Fact]
    public void A_closed_account_still_records_late_captures_and_refunds_and_keeps_its_debt()
    {
        account.SetOverdraft(0, 5);
        account.Granted(0, 10);
        var hold = account.Held(1, 4, expires: 10);
        var charge = account.Charge(1, 11).Id;             // 6 and 5 of debt
        account.Close(20);                                 // the hold's 4 have paid 4 of it by then
        account.MustShow(20, remaining: 0, debt: 1);

        account.Capture(21, hold, 3);
        account.MustShow(21, remaining: 0, debt: 4);
        account.Refund(22, charge, 2);                     // cancels 1, gives 1 back, which pays the capture's debt
        account.MustShow(22, remaining: 0, debt: 2);
    }

    [Fact]
    public void A_sum_beyond_64_bits_is_refused()
    {
        account.Granted(0, long.MaxValue - 5);
        account.Grant(1, new GrantInput { Amount = 6 }).MustBeRefused("limit_exceeded");
        account.Granted(1, 5);
        account.MustShow(1, remaining: long.MaxValue);
    }

    [Fact]
    public void Malformed_amounts_are_refused_before_anything_else()
    {
        account.Close(0);
        account.Charge(1, 0).MustBeRefused("invalid_amount");
        account.Grant(1, new GrantInput { Amount = -1 }).MustBeRefused("invalid_amount");
        account.Hold(1, new HoldInput { Amount = 0 }).MustBeRefused("invalid_amount");
        account.Refund(1, new ThingId(9), BigInteger.Zero).MustBeRefused("invalid_amount");
        account.Capture(1, new ThingId(9), -1).MustBeRefused("invalid_amount");
        account.Refund(1, new ThingId(9)).MustBeRefused("not_found");
        account.Release(1, new ThingId(9)).MustBeRefused("not_found");
    }

    [Fact]
    public void The_description_is_the_documented_text()
    {
        account.SetOverdraft(1, 5);
        account.Grant(2, new GrantInput { Amount = 10, ExpiresAt = 100, CostBasis = 7 });
        account.Charge(3, 12);
        account.Grant(4, new GrantInput { Amount = 1, Kind = GrantKind.Bonus });
        account.Held(5, 3, expires: 50);

        Assert.Equal(
            """
            account status=active overdraft_limit=5
            balance remaining=0 held=3 reserved=3 debt=1 available=-4 balance=-1
            pools issued=-11 debt=-1 unfunded=1 reserved=3 line=-3
            grant 3.0 status=depleted amount=10 bucket=purchase kind=purchase class=paid priority=100
                effective_at=2 expires_at=100 cost_basis=7
                pending=0 remaining=0 held=0 used=10 expired=0 voided=0
            grant 5.0 status=depleted amount=1 bucket=bonus kind=bonus class=free priority=100
                effective_at=4 expires_at=- cost_basis=-
                pending=0 remaining=0 held=0 used=1 expired=0 voided=0
            hold 6.0 status=held amount=3 captured=0 released=0 expires_at=50 open=[debt:3]
            charge 4.0 amount=12 refunded=0 standing=12 refundable=12 shortfall=0 legs=[3.0:10,debt:2]
            debt 4 owed=1
            entry 1 account_opened at=0 subject=- amount=0
                postings=[] repayments=[]
                balance_after=0 available_after=0
            entry 2 account_changed at=1 subject=- amount=0
                postings=[] repayments=[]
                balance_after=0 available_after=0
            entry 3 grant at=2 subject=3.0 amount=10
                postings=[issued:-10,3.0/remaining:10] repayments=[]
                balance_after=10 available_after=10
            entry 4 charge at=3 subject=4.0 amount=12
                postings=[debt:-2,unfunded:2,3.0/remaining:-10,3.0/used:10] repayments=[]
                balance_after=-2 available_after=-2
            entry 5 grant at=4 subject=5.0 amount=1
                postings=[issued:-1,debt:1,unfunded:-1,5.0/used:1] repayments=[4<5.0:1]
                balance_after=-1 available_after=-1
            entry 6 hold at=5 subject=6.0 amount=3
                postings=[reserved:3,line:-3] repayments=[]
                balance_after=-1 available_after=-4

            """.Replace("\n    ", " ", StringComparison.Ordinal), // continued lines are indented
            account.Describe());
    }
}
