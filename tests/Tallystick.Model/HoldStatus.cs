namespace Tallystick.Model;

public enum HoldStatus { Held, Captured, Released, Expired }
