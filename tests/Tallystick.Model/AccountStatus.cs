namespace Tallystick.Model;

public enum AccountStatus { Active, Suspended, Closed }
