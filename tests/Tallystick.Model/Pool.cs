namespace Tallystick.Model;

/// <summary>The pools of docs/rules.md, declared in the order in which postings are sorted.</summary>
public enum Pool { Issued, Debt, Unfunded, Reserved, Line, Pending, Remaining, Held, Used, Expired, Voided }
