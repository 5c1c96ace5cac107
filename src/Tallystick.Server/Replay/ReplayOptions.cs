using Tallystick.Server.Replay.Traces;

namespace Tallystick.Server.Replay;

/// <summary>How a trace is replayed.</summary>
internal sealed record ReplayOptions
{
    public required Trace Trace { get; init; }
    public required TokenRates Rates { get; init; }

    /// <summary>Whose requests they are; a few accounts make most of them.</summary>
    public required int Accounts { get; init; }

    /// <summary>All that is left to chance follows from it.</summary>
    public required int Seed { get; init; }

    /// <summary>How much faster than the trace; null for as fast as the server answers.</summary>
    public decimal? Speed { get; init; }

    /// <summary>Calls under way at a time.</summary>
    public required int AtOnce { get; init; }

    /// <summary>The bound that a caller puts on the output, as its hold must assume it.</summary>
    public required long OutputTokensMax { get; init; }

    /// <summary>How many operations of a hundred are sent twice.</summary>
    public required int DuplicatePercent { get; init; }

    /// <summary>How many calls of a hundred come out of their turn.</summary>
    public required int ReorderPercent { get; init; }

    /// <summary>The server is killed each time it has answered so many operations; 0 for never.</summary>
    public required int KillEvery { get; init; }
}
