namespace Tallystick.Core.Licenses;

/// <summary>Whether a licence may be used. The numbers are stored; that one has ended, its date tells.</summary>
public enum LicenseStatus { Active = 1, Inactive }
