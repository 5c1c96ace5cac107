namespace Tallystick.Contracts.Upstreams;

/// <summary>How long a call may wait for its provider, in seconds.</summary>
public sealed record UpstreamTimeouts
{
    /// <summary>To the first byte of the answer; default 120.</summary>
    public int? FirstByteSeconds { get; init; }

    /// <summary>Between two pieces of it; default 120.</summary>
    public int? IdleSeconds { get; init; }

    /// <summary>For all of it; default 3600.</summary>
    public int? TotalSeconds { get; init; }

    /// <summary>How long the rest is read for its usage after the client has gone; default 60.</summary>
    public int? DrainSeconds { get; init; }
}
