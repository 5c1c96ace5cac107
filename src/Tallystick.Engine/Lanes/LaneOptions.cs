namespace Tallystick.Engine.Lanes;

/// <summary>Bounds of a lane; each is there so that nothing grows without limit.</summary>
public sealed record LaneOptions
{
    /// <summary>
    /// How many work side by side, each with chains of its own; one where the store takes one writer.
    /// </summary>
    public int Lanes { get; init; } = 1;

    /// <summary>
    /// How many of them commit at the same time while they have few commands: more make smaller commits.
    /// </summary>
    public int FewAtOnce { get; init; } = 1;

    /// <summary>Commands in one commit: bounds the latency of a turn and the size of a transaction.</summary>
    public int BatchMax { get; init; } = 1_024;

    /// <summary>Commands that may wait: at 20,000 a second half a second's worth.</summary>
    public int QueueMax { get; init; } = 10_000;

    /// <summary>States kept in memory: some 600 bytes each for an account of two grants.</summary>
    public int CachedStatesMax { get; init; } = 200_000;
    public int ConflictRetriesMax { get; init; } = 5;

    /// <summary>After so many attempts that met other nodes a turn takes its chains under lock.</summary>
    public int OptimisticMax { get; init; } = 2;

    /// <summary>
    /// What waits are measured with; business time is <see cref="LedgerClock"/>'s.
    /// </summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Where lanes and housekeeping run; null: the pool, and for a lane that its store's commits block a thread of its
    /// own.
    /// </summary>
    public TaskScheduler? Scheduler { get; init; }
}
