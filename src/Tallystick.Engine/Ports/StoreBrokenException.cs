namespace Tallystick.Engine.Ports;

/// <summary>
/// A flush failed: what is on disk is unknown. The process stops writing and ends; a restart reads the truth.
/// </summary>
public sealed class StoreBrokenException : Exception
{
    public StoreBrokenException() { }
    public StoreBrokenException(string message) : base(message) { }
    public StoreBrokenException(string message, Exception? inner) : base(message, inner) { }
}
