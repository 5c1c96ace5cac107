using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Xunit;

namespace Tallystick.Core.Tests;

/// <summary>An account that is billed afterwards owes for each charge of its month.</summary>
public sealed class ManyDebtsTests
{
    private const int Few = 100, Many = 20_000;

    [Fact]
    public void A_charge_takes_no_more_where_twenty_thousand_are_unpaid_and_one_payment_pays_them_oldest_first()
    {
        var state = Accept(null, new AccountCommand.PutAccount("acme") { OverdraftLimit = new(long.MaxValue / 2) });
        var bytes = new Dictionary<int, long>();
        for (var owed = 0; owed < Many; owed++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            state = Accept(state, Charge());
            if (owed is Few or Many - 1) bytes[owed] = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.True(bytes[Many - 1] < bytes[Few] * 2, $"{bytes[Few]} bytes at first, {bytes[Many - 1]} in the end");
        Assert.Equal(Many, state.Debts.Count);
        Assert.Equal(state.Owed, new(Many * 1_000L));
        Assert.Equal(state.Encode(), AccountStateCodec.Decode(state.Encode()).Encode());

        var paid = Accept(state, new AccountCommand.GiveCredits
        {
            Amount = new(1_500 * 1_000L), Kind = GrantKind.Purchase, Bucket = "purchase",
        });
        Assert.Equal(Many - 1_500, paid.Debts.Count);
        Assert.Equal(state.Debts[1_500].Number, paid.Debts[0].Number);
        Assert.Null(paid.OpenDebt(state.Debts[1_499].Number));
        Assert.NotNull(paid.OpenDebt(state.Debts[^1].Number));
    }

    private static AccountCommand.ChargeCredits Charge() => new(Demand.Of(new CreditAmount(1_000)), null);

    private static AccountState Accept(AccountState? state, AccountCommand command)
    {
        var envelope = new Envelope(new(1), UtcCalendar.Terms(ProjectSettings.Default));
        var key = ChainKey.OfAccount(1, "acme");
        var decision = AccountRules.Decide(key, state, command, envelope, LoadedRecords.None);
        return (AccountState)Assert.IsType<Decision.Accepted>(decision).State;
    }
}
