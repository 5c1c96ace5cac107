using Xunit;

namespace Tallystick.Model.Tests;

public sealed class HoldTests
{
    private const long Day = 24L * 60 * 60 * 1_000_000;

    private readonly ModelAccount account = new(openedAt: 0);

    [Fact]
    public void Capture_takes_what_was_used_and_returns_the_rest_to_the_same_grants()
    {
        var first = account.Granted(1, 10, priority: 1);
        var second = account.Granted(1, 10, priority: 2);
        var hold = account.Held(2, 15);

        var capture = account.Capture(3, hold, 12).Entry;

        Assert.Equal(
            $"{first}/held:-10 {first}/used:10 {second}/remaining:3 {second}/held:-5 {second}/used:2",
            capture.Postings());
        Assert.Equal(hold, capture.Subject);
        Assert.Equal(HoldStatus.Captured, account.TheHold(hold).Status);
        var refusal = account.Capture(4, hold, 12).Refusal;
        Assert.Equal(("hold_not_open", "captured"), (refusal.Code, refusal.Status));
        account.Release(4, hold).MustBeRefused("hold_not_open");
    }

    [Fact]
    public void Several_captures_leave_the_hold_held_until_the_final_one()
    {
        account.Granted(1, 100);
        var hold = account.Held(2, 30);

        account.Capture(3, hold, 10, final: false);
        Assert.Equal((HoldStatus.Held, 0), (account.TheHold(hold).Status, (int)account.TheHold(hold).Released));
        account.MustShow(3, remaining: 70, held: 20);
        account.Capture(4, hold, 25, final: false); // 5 over
        account.MustShow(4, remaining: 65);
        account.Capture(5, hold, 0);
        Assert.Equal((35, 0), ((int)account.TheHold(hold).Captured, (int)account.TheHold(hold).Released));
        account.MustShow(5, remaining: 65);
    }

    [Theory]
    [InlineData(CaptureMode.Overflow, 40, 0, 5, 0)]
    [InlineData(CaptureMode.Cap, 35, 0, 0, 5)]
    public void Capture_of_more_than_held_follows_the_mode(
        CaptureMode mode, int recorded, int remaining, int debt, int shortfall)
    {
        var first = account.Granted(1, 20);
        var second = account.Granted(1, 15);
        var hold = account.Held(2, 10);

        var capture = account.Capture(3, hold, 40, mode).Entry;

        Assert.Equal(recorded, capture.Amount);
        account.MustShow(3, remaining, debt: debt);
        Assert.Equal(shortfall, account.Charges.Single().Shortfall);
        Assert.Equal(
            $"[{first}:10,{first}:10,{second}:15{(debt > 0 ? ",debt:5" : "")}]",
            account.Split(new ThingId(capture.Sequence)));
    }

    [Fact]
    public void Reject_refuses_more_than_held_whatever_is_available()
    {
        account.Granted(1, 100);
        var hold = account.Held(2, 10);
        var before = account.Describe();

        account.Capture(3, hold, 11, CaptureMode.Reject).MustBeRefused("insufficient_credits");

        Assert.Equal(before, account.Describe());
        Assert.Equal(10, account.Capture(3, hold, 10, CaptureMode.Reject).Entry.Amount);
    }

    [Fact]
    public void Cap_leaves_alone_what_another_holds_overdraft_needs()
    {
        account.SetOverdraft(1, 50);
        var own = account.Held(2, 10);     // all reserved
        account.Held(3, 20);               // reserved too
        account.Granted(4, 35);            // remaining 35, available 5

        account.Capture(5, own, 20, CaptureMode.Cap);

        // Its own 10 become debt; of the excess of 10 only the available 5 are taken; then the debt is paid.
        Assert.Equal(("[5.0:5,debt:10]", 5), (account.Split(new ThingId(6)), (int)account.Charges[0].Shortfall));
        account.MustShow(5, remaining: 20, held: 20, reserved: 20);
    }

    [Fact]
    public void A_hold_lives_until_its_end_exclusive_and_may_be_captured_late_once()
    {
        var grant = account.Granted(1, 10);
        var hold = account.Held(2, 10, expires: 100);
        account.Charge(99, 1).MustBeRefused("insufficient_credits");

        account.Charge(100, 4);
        Assert.Equal((EntryKind.HoldExpired, 100L), (account.Journal[^2].Kind, account.Journal[^2].At));
        Assert.Equal((HoldStatus.Expired, 10), (account.TheHold(hold).Status, (int)account.TheHold(hold).Released));

        var capture = account.Capture(200, hold, 9, final: false).Entry;
        Assert.Equal($"debt:-3 unfunded:3 {grant}/remaining:-6 {grant}/used:6", capture.Postings());
        Assert.Equal((HoldStatus.Captured, 1), (account.TheHold(hold).Status, (int)account.TheHold(hold).Released));
        account.Capture(201, hold, 1).MustBeRefused("hold_not_open");
        account.MustShow(201, remaining: 0, debt: 3);
    }

    [Fact]
    public void A_late_capture_takes_the_holds_own_grants_before_the_burn_order()
    {
        account.Granted(1, 10, priority: 50);
        var hold = account.Held(2, 10, expires: 100);
        var better = account.Granted(3, 10, priority: 1);

        account.Capture(100, hold, 12);

        Assert.Equal($"[2.0:10,{better}:2]", account.Split(new ThingId(6)));
    }

    [Fact]
    public void A_late_capture_may_be_rejected_and_a_released_one_never_comes()
    {
        account.Granted(1, 10);
        var hold = account.Held(2, 10, expires: 100);
        account.Charge(100, 4);

        account.Capture(101, hold, 7, CaptureMode.Reject).MustBeRefused("insufficient_credits");
        Assert.Equal(0, account.Release(102, hold).Entry.Amount);
        account.Release(103, hold).MustBeUnchanged();
        Assert.Equal("released", account.Capture(104, hold, 1).Refusal.Status);
        account.MustShow(104, remaining: 6);
    }

    [Fact]
    public void Times_of_a_hold_are_bounded()
    {
        account.Granted(0, 10);
        account.Hold(5, new HoldInput { Amount = 1, ExpiresAt = 5 }).MustBeRefused("invalid_request");
        account.Hold(5, new HoldInput { Amount = 99, ExpiresAt = 6 + 7 * Day }).MustBeRefused("limit_exceeded");
        var hold = account.Held(5, 1);
        Assert.Equal(5 + 900L * 1_000_000, account.TheHold(hold).ExpiresAt);

        account.Extend(6, hold, 5 + 7 * Day).Entry.ToString();
        account.Extend(6, hold, 5 + 7 * Day).MustBeUnchanged();
        account.Extend(6, hold, 6 + 7 * Day).MustBeRefused("limit_exceeded");
        account.Extend(6, hold, 4 + 7 * Day).MustBeRefused("invalid_request");
        account.Extend(5 + 7 * Day, hold, 5 + 7 * Day).MustBeRefused("hold_not_open");
        account.Extend(6, new ThingId(99), 7).MustBeRefused("not_found");
    }
}
