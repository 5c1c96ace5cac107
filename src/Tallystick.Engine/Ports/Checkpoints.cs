namespace Tallystick.Engine.Ports;

/// <summary>
/// States that a store keeps to answer for earlier instants, and the forms of records that go with them. Within an
/// epoch a form supersedes the one before; between two epochs lies a checkpoint, so that the form then is kept.
/// </summary>
public static class Checkpoints
{
    /// <summary>Entries between two; folding so many takes a few ms.</summary>
    public const long Every = 1_024;

    /// <summary>Whether the state that a change leads to is to be kept.</summary>
    public static bool IsDue(long sequenceBefore, long sequence) => sequence / Every > sequenceBefore / Every;

    /// <summary>The epoch of the records that a change leaves.</summary>
    public static long EpochOf(long sequenceBefore) => sequenceBefore / Every;

    /// <summary>The first epoch whose records a checkpoint does not know yet.</summary>
    public static long EpochAfter(long checkpoint) => checkpoint / Every;
}
