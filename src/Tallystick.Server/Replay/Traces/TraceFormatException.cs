namespace Tallystick.Server.Replay.Traces;

/// <summary>A trace that cannot be read; the message says which line and why.</summary>
internal sealed class TraceFormatException(string message) : Exception(message);
