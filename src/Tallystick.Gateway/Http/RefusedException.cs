using Tallystick.Gateway.Dialects;

namespace Tallystick.Gateway.Http;

/// <summary>A request that is refused before it becomes a call: with the status and code to tell.</summary>
internal sealed class RefusedException(GatewayError error) : Exception(error.Message)
{
    public RefusedException(int status, string code, string message) : this(new(status, code, message))
    {
    }

    public GatewayError Error { get; } = error;

    /// <summary>Seconds; null where waiting helps nothing.</summary>
    public long? RetryAfter { get; init; }
}
