namespace Tallystick.Core.Journal;

public enum KeyRole { Admin = 1, Service }
