namespace Tallystick.Core.Journal;

/// <summary>What a capture above its hold does: see docs/rules.md.</summary>
public enum CaptureMode { Overflow = 1, Cap, Reject }
