using Tallystick.Gateway.Dialects;

namespace Tallystick.Gateway.Calls;

/// <summary>What came of a call, as far as it is still to be told.</summary>
internal abstract record CallOutcome
{
    /// <summary>Nothing was charged; the error is to be told if the answer has not begun.</summary>
    public sealed record Refused(GatewayError Error) : CallOutcome
    {
        public string? RetryAfter { get; init; }
    }

    /// <summary>The provider refused the request in its own words; nothing was charged.</summary>
    public sealed record Passed(int Status, string ContentType, byte[] Body) : CallOutcome;

    /// <summary>The answer, kept until it was settled: to be sent with its receipt.</summary>
    public sealed record Whole(string ContentType, ReadOnlyMemory<byte> Body, Receipt? Receipt) : CallOutcome;

    /// <summary>The answer has gone out as it came.</summary>
    public sealed record Streamed(Receipt? Receipt) : CallOutcome;

    /// <summary>An earlier call with this key had been answered so.</summary>
    public sealed record Replayed(StoredAnswer Answer, Receipt Receipt) : CallOutcome;
}
