namespace Tallystick.Engine;

/// <summary>The queue of the lane is full, or the store too far behind: 503 <c>overloaded</c>.</summary>
public sealed class OverloadedException : Exception
{
    public OverloadedException() : base("too much is waiting") { }
    public OverloadedException(string message) : base(message) { }
    public OverloadedException(string message, Exception inner) : base(message, inner) { }
}
