namespace Tallystick.Core.Journal;

/// <summary>Where credits of a grant, or of the account as a whole, can stand. docs/rules.md explains each.</summary>
public enum Pool { None, Issued, Debt, Unfunded, Reserved, Line, Pending, Remaining, Held, Used, Expired, Voided }
