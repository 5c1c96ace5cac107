namespace Tallystick.Core.Accounts;

public enum AccountStatus { Active = 1, Suspended, Closed }
