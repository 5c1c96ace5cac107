namespace Tallystick.Engine.Ports;

/// <summary>What one rollup of a project covers. The numbers are stored.</summary>
public enum RollupGrain
{
    Slot,

    /// <summary>A day, UTC, under its first slot.</summary>
    Day,
}
