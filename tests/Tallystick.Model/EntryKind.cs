namespace Tallystick.Model;

public enum EntryKind
{
    AccountOpened, AccountChanged, AccountSuspended, AccountReactivated, AccountClosed,
    Grant, GrantActivated, GrantExpired, GrantVoided,
    Charge, Hold, Capture, Release, HoldExtended, HoldExpired, Refund, Correction,
    HistoryImported, BalanceImported,
}
