using Tallystick.Core.Accounts;
using Tallystick.Core.Grants;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Xunit;

namespace Tallystick.Core.Tests;

/// <summary>When an account is to be looked at next.</summary>
public sealed class DueTests
{
    private readonly RealAccount _account = new(ProjectSettings.Default);

    [Fact]
    public void An_account_where_everything_has_ended_waits_for_nothing()
    {
        var grant = Number(new AccountCommand.GiveCredits
        {
            Amount = new(10), Kind = GrantKind.Purchase, Bucket = "purchase", ExpiresAt = new Instant(900),
        });
        var hold = Number(new AccountCommand.PlaceHold { Demand = Demand.Of(new CreditAmount(4)) });
        Assert.Equal(900, _account.State.NextDue!.Value.Micros);

        _account.Execute(new AccountCommand.ReleaseHold(hold), 2);
        Assert.Equal(900, _account.State.NextDue!.Value.Micros);
        _account.Execute(new AccountCommand.VoidGrant(grant, ClawBackUsed: false), 3);

        Assert.Null(_account.State.NextDue);
    }

    private ThingNumber Number(AccountCommand command) =>
        ((Decision.Accepted)_account.Execute(command, 1)).Entries[^1].Entry.Number;
}
