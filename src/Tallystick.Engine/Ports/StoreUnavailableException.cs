namespace Tallystick.Engine.Ports;

/// <summary>The store could not do it; nothing was changed. Becomes 503 <c>store_unavailable</c>.</summary>
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException() { }
    public StoreUnavailableException(string message) : base(message) { }
    public StoreUnavailableException(string message, Exception? inner) : base(message, inner) { }
}
