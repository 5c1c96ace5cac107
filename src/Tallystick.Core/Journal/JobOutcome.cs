namespace Tallystick.Core.Journal;

public enum JobOutcome { Completed = 1, Failed = 2, RolledBack = 3 }
