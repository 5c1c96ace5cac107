namespace Tallystick.Model;

public enum GrantStatus { Pending, Active, Depleted, Expired, Voided }
