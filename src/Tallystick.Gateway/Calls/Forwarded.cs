using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Pricing;

namespace Tallystick.Gateway.Calls;

/// <summary>What came of sending a call upstream.</summary>
internal abstract record Forwarded
{
    /// <summary>An upstream has begun to answer with success.</summary>
    public sealed record Answered(PricedRoute Route, HttpResponseMessage Response) : Forwarded;

    /// <summary>The provider refuses the request itself: its own words go to the client.</summary>
    public sealed record Refused(int Status, string ContentType, byte[] Body) : Forwarded;

    /// <summary>No upstream would or could.</summary>
    public sealed record Failed(GatewayError Error) : Forwarded
    {
        public string? RetryAfter { get; init; }
    }
}
