namespace Tallystick.Server.Replay.Traces;

/// <summary>One request of a trace.</summary>
/// <param name="At">After the trace's first request.</param>
/// <param name="InputTokens">All of the input, cached or not.</param>
/// <param name="CachedTokens">How many of them the provider had cached.</param>
internal readonly record struct TraceRequest(TimeSpan At, long InputTokens, long OutputTokens, long CachedTokens)
{
    /// <summary>Its provider gave no answer.</summary>
    public bool HasFailed { get; init; }
}
