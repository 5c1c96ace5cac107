namespace Tallystick.Server.Measuring;

/// <summary>A server that was started ended before it listened; the message is what it said.</summary>
internal sealed class ServerStartException(string said) : Exception($"The server did not start: {said}");
