using Xunit;

namespace Tallystick.Model.Tests;

public sealed class BurnOrderTests
{
    private readonly ModelAccount account = new(openedAt: 0);

    [Fact]
    public void Priority_then_expiry_then_class_then_effective_at_then_age()
    {
        ThingId Add(int priority, long? expires, GrantKind kind, long from) => account.Grant(10, new GrantInput
        {
            Amount = 1,
            Priority = priority,
            ExpiresAt = expires,
            Kind = kind,
            EffectiveAt = from,
        }).Id;

        ThingId[] grants =
        [
            Add(101, 50, GrantKind.Bonus, 1),          // 6: the lowest priority loses to everything
            Add(100, null, GrantKind.Purchase, 1),     // 5: never expires
            Add(100, 60, GrantKind.Allowance, 5),      // 3: paid, later effective
            Add(100, 60, GrantKind.Purchase, 5),       // 4: the same but younger
            Add(100, 60, GrantKind.Rollover, 4),       // 2: paid, earlier effective
            Add(100, 60, GrantKind.Promotional, 9),    // 1: free before paid
            Add(100, 50, GrantKind.Purchase, 9),       // 0: expires first
        ];

        account.Charge(10, 7);
        var legs = account.Charges.Single().Legs.Select(leg => leg.Grant!.Value);
        Assert.Equal(new[] { 6, 5, 4, 2, 3, 1, 0 }.Select(i => grants[i]), legs);
    }

    [Fact]
    public void A_grant_anew_keeps_its_sources_class_priority_bucket_and_cost_basis()
    {
        var source = account.Grant(0, new GrantInput
        {
            Amount = 5,
            Kind = GrantKind.Bonus,
            Bucket = "welcome",
            Priority = 7,
            ExpiresAt = 10,
            CostBasis = 3,
        }).Id;
        var charge = account.Charge(1, 4).Id;

        var refund = account.Refund(20, charge).Entry;

        var anew = account.The(new ThingId(refund.Sequence, 1));
        Assert.True(anew.IsFree);
        Assert.Equal((GrantKind.Refund, "welcome", 7), (anew.Kind, anew.Bucket, anew.Priority));
        Assert.Equal(3, anew.CostBasis!.Value);
        Assert.Equal((20, 20 + new ModelSettings().RefundGraceMicroseconds), (anew.EffectiveAt, anew.ExpiresAt));
        Assert.Equal(
            $"issued:-4 {source}/used:-4 {source}/expired:4 {anew.Id}/remaining:4", refund.Postings());
    }
}
