namespace Tallystick.Core.Journal;

public enum GrantKind { Allowance = 1, Purchase, Promotional, Bonus, Refund, Adjustment, Rollover, Import }
