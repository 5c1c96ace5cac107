using System.Numerics;
using Xunit;

namespace Tallystick.Model.Tests;

/// <summary>Document 002: monthly credits burn before add-on credits, and each goes back to its own bucket.</summary>
public sealed class JobScenarioTests
{
    private readonly ModelAccount account = new(openedAt: 0);

    [Theory]
    [InlineData(2_000, 5_000, 1_500, 1_500, 0)]      // 2.21 monthly only
    [InlineData(500, 5_000, 2_000, 500, 1_500)]      // 2.22 both buckets
    [InlineData(0, 10_000, 3_000, 0, 3_000)]         // 2.23 add-on only
    public void A_failed_job_gives_each_bucket_what_it_took(
        int monthly, int addon, int cost, int fromMonthly, int fromAddon)
    {
        var (monthlyGrant, addonGrant) = Buckets(monthly, addon);

        var job = account.Charge(2, cost).Id;
        MustRemain(monthlyGrant, monthly - fromMonthly, addonGrant, addon - fromAddon);

        account.Refund(3, job);
        MustRemain(monthlyGrant, monthly, addonGrant, addon);
        account.Refund(4, job).MustBeRefused("already_refunded");
    }

    [Fact]
    public void A_job_that_is_never_inserted_is_rolled_back_at_once() // 2.24
    {
        var (monthlyGrant, addonGrant) = Buckets(1_000, 2_000);

        var hold = account.Held(2, 1_500);
        MustRemain(monthlyGrant, 0, addonGrant, 1_500);
        account.MustShow(2, remaining: 1_500, held: 1_500);

        Assert.Equal(1_500, account.Release(2, hold).Entry.Amount);
        MustRemain(monthlyGrant, 1_000, addonGrant, 2_000);
    }

    [Fact]
    public void The_bug_that_lost_add_on_credits_cannot_happen_in_parts_either() // 2.19, 2.20
    {
        var (monthlyGrant, addonGrant) = Buckets(500, 5_000);
        var job = account.Charge(2, 2_000).Id;

        account.Refund(3, job, 1_600); // last burned, first refunded: all of the add-on's, then the monthly's
        MustRemain(monthlyGrant, 100, addonGrant, 5_000);
        account.Refund(4, job, 400);
        MustRemain(monthlyGrant, 500, addonGrant, 5_000);
    }

    private (ThingId? Monthly, ThingId Addon) Buckets(BigInteger monthly, BigInteger addon)
    {
        var addonGrant = account.Grant(1, new GrantInput { Amount = addon, Bucket = "addon" }).Id;
        if (monthly == 0) return (null, addonGrant);
        var allowance = new GrantInput { Amount = monthly, Bucket = "monthly", Priority = 50 };
        return (account.Grant(1, allowance).Id, addonGrant);
    }

    private void MustRemain(ThingId? monthlyGrant, BigInteger monthly, ThingId addonGrant, BigInteger addon)
    {
        account.CheckInvariants();
        if (monthlyGrant is { } id) Assert.Equal(monthly, account.The(id).Remaining);
        Assert.Equal(addon, account.The(addonGrant).Remaining);
    }
}
