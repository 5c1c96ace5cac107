using Tallystick.Core.Accounts;
using Tallystick.Core.Money;

namespace Tallystick.Core.Explanations;

/// <summary>
/// What an account has at one point of its journal. The default is an account that does not exist yet.
/// </summary>
public readonly record struct AccountFigures(
    CreditAmount Balance, CreditAmount Held, CreditAmount Available, CreditAmount Debt)
{
    public static AccountFigures Of(AccountState? state) =>
        state is null ? default : new(state.Balance, state.Held, state.Available, state.Owed);
}
