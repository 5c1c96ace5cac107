namespace Tallystick.Model;

/// <summary>The model itself is wrong: never a refusal, never caught.</summary>
public sealed class InvariantBrokenException(string message) : Exception(message);
