namespace Tallystick.Model;

/// <summary>What a capture does with more than the hold has left.</summary>
public enum CaptureMode { Overflow, Cap, Reject }
