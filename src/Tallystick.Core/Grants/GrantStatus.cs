namespace Tallystick.Core.Grants;

public enum GrantStatus { Pending, Active, Depleted, Expired, Voided }
