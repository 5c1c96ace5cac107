namespace Tallystick.Server.Import;

/// <summary>The other system's books cannot be read, or are not what they were said to be.</summary>
internal sealed class ImportRefusedException(string message, Exception? cause = null) : Exception(message, cause);
