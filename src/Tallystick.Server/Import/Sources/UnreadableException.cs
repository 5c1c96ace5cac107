namespace Tallystick.Server.Import.Sources;

/// <summary>A value of the other system is not what it must be; its account is refused, and the others go on.</summary>
internal sealed class UnreadableException(string message) : Exception(message);
