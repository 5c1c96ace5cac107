namespace Tallystick.Core.Journal;

public enum RecordKind { Grant = 1, Hold, Charge, Debt, Key, License }
