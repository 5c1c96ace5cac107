using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Xunit;

namespace Tallystick.Core.Tests;

/// <summary>An account whose holds nobody has ended.</summary>
public sealed class ManyHoldsTests
{
    private const int Few = 1_000, Many = 8_000;

    [Fact]
    public void A_hold_s_end_takes_no_more_where_eight_thousand_end_together_I36()
    {
        var bytes = new Dictionary<int, double>();
        foreach (var holds in new[] { Few, Many })
        {
            var state = Accept(null, new AccountCommand.PutAccount("acme"), 1);
            state = Accept(state, new AccountCommand.GiveCredits
            {
                Amount = new(Many), Kind = GrantKind.Purchase, Bucket = "purchase",
            }, 1);
            for (var i = 0; i < holds; i++)
                state = Accept(state, new AccountCommand.PlaceHold
                {
                    Demand = Demand.Of(new CreditAmount(1)), ExpiresAt = new(i % 7 == 0 ? 1_000 : 500 + i % 3),
                }, 1);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var ended = Accept(state, new AccountCommand.SettleDue(), 999);
            bytes[holds] = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)holds;
            Assert.Equal((holds + 6) / 7, ended.Holds.Length);
            Assert.All(ended.Holds, hold => Assert.Equal(1_000, hold.ExpiresAt.Micros));
            Assert.Equal(new(1_000), ended.NextDue);
            Assert.Empty(Accept(ended, new AccountCommand.SettleDue(), 1_000).Holds);
        }
        Assert.True(bytes[Many] < bytes[Few] * 2, $"{bytes[Few]:N0} bytes each of a few, {bytes[Many]:N0} of many");
    }

    private static AccountState Accept(AccountState? state, AccountCommand command, long micros)
    {
        var envelope = new Envelope(new Instant(micros), UtcCalendar.Terms(ProjectSettings.Default));
        var decision = AccountRules.Decide(
            ChainKey.OfAccount(1, "acme"), state, command, envelope, LoadedRecords.None);
        return (AccountState)Assert.IsType<Decision.Accepted>(decision).State;
    }
}
