namespace Tallystick.Model;

public enum GrantKind { Allowance, Purchase, Promotional, Bonus, Refund, Adjustment, Rollover, Import }
