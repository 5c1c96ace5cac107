namespace Tallystick.Server;

/// <summary>An option, or what the environment says in its place, is none: the message says what is expected.</summary>
/// <param name="message">Without the value: it may be a secret.</param>
internal sealed class UsageException(string message) : Exception(message);
