namespace Tallystick.Core.Holds;

public enum HoldStatus { Held = 1, Captured, Released, Expired }
