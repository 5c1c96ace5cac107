namespace Tallystick.Engine.Ports;

/// <summary>
/// The store cannot be served as it is, for the reason that the message gives. Waiting does not help.
/// </summary>
public sealed class StoreRefusedException : Exception
{
    public StoreRefusedException() { }
    public StoreRefusedException(string message) : base(message) { }
    public StoreRefusedException(string message, Exception? inner) : base(message, inner) { }
}
